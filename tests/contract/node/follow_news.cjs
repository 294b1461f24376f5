// A socket.io-client of its makers, told over stdin what to do and telling over stdout what happened.
// Lines of JSON both ways.  Usage: node follow_news.cjs URL

"use strict";

const readline = require("node:readline");
const { io } = require("socket.io-client");

const tell = (what, more = {}) => process.stdout.write(JSON.stringify({ what, ...more }) + "\n");

const socket = io(process.argv[2] + "/hall", {
  transports: ["websocket"],
  auth: { token: "good", name: "node", rooms: ["hall"] },
  reconnectionDelay: 50,
  reconnectionDelayMax: 200,
});

socket.on("connect", () => tell("connect", { id: socket.id, transport: socket.io.engine.transport.name }));
socket.on("disconnect", (reason) => tell("disconnect", { reason }));
socket.on("connect_error", (error) => tell("connect_error", { message: error.message, data: error.data }));
socket.on("welcome", (payload) => tell("welcome", { payload }));
socket.on("refused", (payload) => tell("refused", { payload }));
socket.on("news", (payload) => tell("news", { payload }));

readline.createInterface({ input: process.stdin }).on("line", (line) => {
  const { event, payload, ack, token } = JSON.parse(line);
  if (token !== undefined) {
    socket.auth.token = token;
    socket.disconnect().connect();
  } else if (ack) {
    socket.emit(event, payload, (answer) => tell("ack", { answer }));
  } else {
    // A Buffer makes a binary packet, which JSON over stdin cannot carry.
    socket.emit(event, payload === "__buffer__" ? Buffer.from("bytes") : payload);
  }
}).on("close", () => process.exit(0));
