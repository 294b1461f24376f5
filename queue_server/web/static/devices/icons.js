/**
 * Line drawings of the devices, in a square of 32.  Nothing here says how a device stands.
 */

import { draw } from "../elements.js";

const DRAWN = {
  call_pad: "M7 4h18v24H7zM10 7h12v5H10zM11 16h2M15 16h2M19 16h2M11 20h2M15 20h2M19 20h2M11 24h2M15 24h2M19 24h2",
  window_screen: "M3 8h26v13H3zM7 12h9M7 16.5h14M16 8V4M12 4h8",
  evaluator: "M5 6h22v17H5zM12 13v.2M20 13v.2M11.5 17c1.2 1.6 2.6 2.4 4.5 2.4s3.3-.8 4.5-2.4M11 28h10M16 23v5",
  kiosk: "M9 3h14v17H9zM12 6h8v8h-8zM14 17h4M13 20l-2 8M19 20l2 8M9 28h14",
  ticket_printer: "M6 13h20v10H6zM10 13V4h12v9M10 19h12v9H10zM13 23h6M13 8h6",
  lobby_display: "M2 6h28v17H2zM6 11h8M6 15h11M22 11h4M22 15h4M16 23v4M11 27h10",
  speaker: "M5 12v8h5l8 6V6l-8 6H5zM22 12a6 6 0 0 1 0 8M25.5 8.500a11 11 0 0 1 0 15",
  pad_line: "M4 11h14v10H4zM18 14h5v4h-5M23 16h5M8 11V7M14 11V7M8 21v4M14 21v4",
  server: "M6 4h20v10H6zM6 18h20v10H6zM10 9h.2M10 23h.2M15 9h7M15 23h7",
};

export function icon(kind) {
  return draw(
    "svg",
    { class: "icon", viewBox: "0 0 32 32", "aria-hidden": "true" },
    draw("path", { d: DRAWN[kind] ?? "M6 6h20v20H6z" }),
  );
}
