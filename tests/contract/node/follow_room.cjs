// One client of a namespace of the branch: follows by position as the wire says, tells each message as a JSON line.
// node follow_room.cjs URL NAMESPACE AUTH_JSON
const { io } = require("socket.io-client");

const [url, namespace, auth] = process.argv.slice(2);
const tell = (what, more = {}) => process.stdout.write(JSON.stringify({ what, ...more }) + "\n");

let position = null;
let lose = 0;
const socket = io(url + namespace, {
  transports: ["websocket"],
  reconnectionDelay: 50,
  reconnectionDelayMax: 200,
  auth: (answer) => answer({ ...JSON.parse(auth), have: position }),
});

socket.on("connect", () => tell("connect"));
socket.on("disconnect", (reason) => tell("disconnect", { reason }));
socket.on("connect_error", (error) => tell("connect_error", { message: error.message, data: error.data ?? null }));
socket.on("snapshot", (message) => {
  position = message.position;
  tell("snapshot", message);
});
socket.on("delta", (message) => {
  if (lose > 0) {
    lose -= 1;
    tell("lost", { position: message.position });
  } else if (message.position <= position) {
    tell("repeat", { position: message.position });
  } else if (message.previous !== position) {
    tell("gap", { have: position, previous: message.previous });
    socket.emit("resume", { have: position });
  } else {
    position = message.position;
    tell("delta", message);
  }
});

// Orders, one JSON line each: {"emit": name, "payload": …} is answered with what the server acknowledged.
let rest = "";
process.stdin.on("data", (chunk) => {
  const lines = (rest + chunk).split("\n");
  rest = lines.pop();
  for (const line of lines) {
    const order = JSON.parse(line);
    if (order.lose) lose = order.lose;
    else socket.emit(order.emit, order.payload, (answer) => tell("answer", { answer }));
  }
});
