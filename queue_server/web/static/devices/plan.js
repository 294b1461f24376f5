/**
 * Where everything stands in the picture of the hall: (devices, counters, width) → boxes and wires.  Pure.
 *
 * Counters stand at the top with what is on their desks; each RS-485 line runs below them and goes down to its
 * adapter; kiosks with their printers and displays with their loudspeakers stand at the bottom, on the network.
 */

const GAP = 12;
const TILE = { width: 62, height: 76 };
const PLACE = { width: 108, height: 78 };
const DESK_HEAD = 26;
const DESK_PAD = 6;
const LANE = 11;
const BELOW = 14;

const ORDER = ["window_screen", "call_pad", "evaluator"];
/** What stands at the bottom, in this order, each with what hangs on it at its right. */
const HOSTS = ["pad_line", null, "kiosk", "lobby_display"];

const byId = (one, other) => one.device.localeCompare(other.device, "en", { numeric: true });
const rank = (kind) => (ORDER.indexOf(kind) + ORDER.length + 1) % (ORDER.length + 1);

/**
 * @param {Array} devices as `GET /api/v1/devices` lists them
 * @param {Array<{counter: string}>} counters in the branch's order
 * @param {number} width in pixels
 * @returns {{width, height, desks, tiles, server, wires}} `tiles`: {device, x, y, width, height, isAtDesk};
 *   `wires`: {d, device, kind: "line" | "network" | "cable"}: `device` is the one whose loss cuts it, or null
 */
export function plan(devices, counters, width) {
  const lines = devices.filter((one) => one.kind === "pad_line").sort(byId);
  const lane = new Map(lines.map((one, index) => [one.device, index]));
  const left = GAP + lines.length * LANE;
  const at = desksOf(devices, counters);
  const made = { width, desks: [], tiles: [], server: null, wires: [] };
  const bottom = desks(made, at, { left, lane });
  made.height = places(made, devices, at, { left, top: bottom + GAP }) + GAP;
  trunks(made, { lane, lines });
  return made;
}

/** What stands at which counter; what stands at a counter nobody knows, or at none, stands at the bottom. */
function desksOf(devices, counters) {
  const known = new Map(counters.map((one) => [one.counter, []]));
  for (const one of devices) known.get(one.counter)?.push(one);
  for (const standing of known.values()) standing.sort((one, other) => rank(one.kind) - rank(other.kind) || byId(one, other));
  return known;
}

function desks(made, at, { left, lane }) {
  const most = Math.max(3, ...[...at.values()].map((standing) => standing.length));
  const narrowest = most * TILE.width + 2 * DESK_PAD;
  const room = made.width - left - GAP;
  const columns = Math.max(1, Math.min(at.size, Math.floor((room + GAP) / (narrowest + GAP))));
  // As even as it goes: seven counters are four and three, not six and one.
  const perRow = Math.ceil(at.size / Math.max(1, Math.ceil(at.size / columns)));
  const wide = Math.min(460, (room - (perRow - 1) * GAP) / Math.max(1, perRow));
  const deskHeight = DESK_HEAD + TILE.height + DESK_PAD;
  const step = deskHeight + BELOW + Math.max(1, lane.size) * LANE + GAP;
  const entries = [...at];
  entries.forEach(([counter, standing], index) => {
    const x = left + (index % perRow) * (wide + GAP);
    const y = GAP + Math.floor(index / perRow) * step;
    made.desks.push({ counter, x, y, width: wide, height: deskHeight });
    const tileWidth = Math.min(92, (wide - 2 * DESK_PAD) / Math.max(3, standing.length));
    const first = x + (wide - tileWidth * standing.length) / 2;
    standing.forEach((device, place) => {
      const tile = { device, x: first + place * tileWidth, y: y + DESK_HEAD, width: tileWidth, height: TILE.height, isAtDesk: true };
      made.tiles.push(tile);
      const mine = lane.get(device.part_of);
      if (mine === undefined) return;
      const busY = y + deskHeight + BELOW + mine * LANE;
      const middle = Math.round(tile.x + tileWidth / 2);
      made.wires.push({ d: `M${middle} ${tile.y + tile.height}V${busY}`, device, kind: "line", busY, middle });
    });
  });
  return GAP + Math.ceil(entries.length / Math.max(1, perRow)) * step - GAP;
}

/** The row (or rows) at the bottom: each host with what hangs on it; a group is not torn apart. */
function places(made, devices, at, { left, top }) {
  const standing = new Set([...at.values()].flat());
  const free = devices.filter((one) => !standing.has(one)).sort(byId);
  const groups = [];
  for (const kind of HOSTS) {
    if (kind === null) groups.push([null]);
    for (const host of free.filter((one) => one.kind === kind))
      groups.push([host, ...free.filter((one) => one.part_of === host.device && one.kind !== "pad_line")]);
  }
  const seated = new Set(groups.flat());
  for (const rest of free.filter((one) => !seated.has(one))) groups.push([rest]);

  let [x, y] = [left, top];
  const rows = [{ y: top, from: null, to: left }];
  for (const group of groups) {
    const long = group.length * (PLACE.width + GAP) - GAP;
    if (x > left && x + long > made.width - GAP) {
      [x, y] = [left, y + PLACE.height + BELOW + 2 * GAP];
      rows.push({ y, from: null, to: left });
    }
    const row = rows.at(-1);
    group.forEach((device, index) => {
      const place = { device, x: x + index * (PLACE.width + GAP), y, ...PLACE, isAtDesk: false };
      if (device === null) made.server = place;
      else made.tiles.push(place);
      if (index > 0) {
        const middle = y + PLACE.height / 2;
        made.wires.push({ d: `M${place.x - GAP} ${middle}h${GAP}`, device, kind: "cable" });
      }
    });
    const middle = Math.round(x + PLACE.width / 2);
    made.wires.push({ d: `M${middle} ${y + PLACE.height}v${BELOW}`, device: group[0], kind: "network" });
    row.from ??= middle;
    row.to = middle;
    x += long + 2 * GAP;
  }
  const below = (row) => row.y + PLACE.height + BELOW;
  // Rows are joined at the right, where nothing stands in the way.
  const edge = made.width - GAP / 2;
  for (const row of rows)
    made.wires.push({ d: `M${row.from} ${below(row)}H${rows.length > 1 ? edge : row.to}`, device: null, kind: "network" });
  if (rows.length > 1) made.wires.push({ d: `M${edge} ${below(rows[0])}V${below(rows.at(-1))}`, device: null, kind: "network" });
  return y + PLACE.height + BELOW;
}

/** Each line's wire under its counters, and down at the left to its adapter. */
function trunks(made, { lane, lines }) {
  for (const line of lines) {
    const drops = made.wires.filter((wire) => wire.kind === "line" && wire.device.part_of === line.device);
    const adapter = made.tiles.find((tile) => tile.device === line);
    const trunkX = GAP / 2 + lane.get(line.device) * LANE;
    const levels = [...new Set(drops.map((drop) => drop.busY))].sort((one, other) => one - other);
    if (!levels.length) continue;
    for (const level of levels) {
      const farthest = Math.max(...drops.filter((drop) => drop.busY === level).map((drop) => drop.middle));
      made.wires.push({ d: `M${trunkX} ${level}H${farthest}`, device: line, kind: "line" });
    }
    // From above, so that a second line does not run through the first one's adapter.
    const entry = adapter.y - 9 + lane.get(line.device) * 4;
    const middle = Math.round(adapter.x + adapter.width / 2);
    made.wires.push({ d: `M${trunkX} ${levels[0]}V${entry}H${middle}V${adapter.y}`, device: line, kind: "line" });
  }
}
