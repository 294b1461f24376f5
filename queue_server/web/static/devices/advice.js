/**
 * What to do about each fault, in the order one tries it.  `<kind>.<fault>` goes before `<fault>`.
 */

import { word } from "../words.js";

const ADVICE = {
  near_end: [word("Have a new roll ready: it prints until the paper ends.")],
  paper_out: [
    word("Put in a new roll and close the cover; printing goes on by itself."),
    word("If it still says so with a full roll: clean the paper sensor."),
  ],
  cover_open: [word("Close the cover until it clicks.")],
  cutter_error: [
    word("Switch the printer off, open the cover and take the paper out."),
    word("Move the cutter back as the printer's manual shows, then switch it on."),
  ],
  jammed: [
    word("Open the cover and take the torn paper out."),
    word("Lay the roll in straight and close the cover."),
  ],
  overheated: [word("Let it cool for some minutes; it goes on by itself.")],
  unrecoverable: [
    word("Switch the device off and on once."),
    word("If it says so again: it has to be repaired. Enter tickets by hand meanwhile."),
  ],
  no_answer: [
    word("Look whether it has power: plug, switch, lamp."),
    word("Look at its data cable, at both ends."),
    word("Unplug it for ten seconds and plug it in again."),
  ],
  "call_pad.no_answer": [
    word("Look at the pad's cable, at both ends: power and data come through it."),
    word("Unplug it for ten seconds and plug it in again."),
    word("Check its address: it has to be the one in the branch file."),
    word("The teller page goes on working meanwhile."),
  ],
  garbled: [
    word("Compare its speed with the branch file."),
    word("Look at the cable and its plugs; keep it away from power cables."),
  ],
  unplugged: [
    word("Plug the cable or the adapter in again; the device is found by itself."),
    word("If it was plugged in: try another socket of the computer."),
  ],
  no_connection: [
    word("Look whether the device is on and its network cable is plugged in."),
    word("If it is: start its program again."),
  ],
  server_lost: [word("The program of the line does not reach the queue server: look at the network between them.")],
  no_sound_device: [
    word("Look at the loudspeaker: power, cable, volume."),
    word("Look at the sound output of the display's computer."),
    word("Call numbers out by voice meanwhile."),
  ],
  sound_stopped: [word("Start the display's program again; call numbers out by voice meanwhile.")],
  switched_off: [word("The sound is switched off where the display's program is started.")],
  duplicate_address: [
    word("Two devices on the line answer to the same address: unplug the one that was added last."),
    word("Give it the address of the branch file, then plug it in again."),
  ],
  stuck_key: [
    word("A key stays pressed: look for dirt or for something lying on it."),
    word("It is not counted again until it is let go; the other keys work."),
  ],
  tamper: [word("The case was opened: look at the screws and find out who was there.")],
  low_voltage: [word("Its supply is too weak: measure it at the device, then look at the power unit and the cable.")],
  wrong_speed: [word("It speaks at another speed than the line: set it to the speed of the branch file.")],
  config_drift: [word("It runs another configuration than the branch file says: write it again.")],
};

const OTHERWISE = [word("Look at its power and its cables."), word("If nothing is to be seen: switch it off and on once.")];
const UNHEARD = [word("It has not been heard of today: look whether it is on and plugged in.")];

/** The steps for a device as it stands, as keys; none when nothing is wrong. */
export function advice({ kind, state, fault }, isDrifted) {
  const found = fault ? (ADVICE[`${kind}.${fault}`] ?? ADVICE[fault] ?? OTHERWISE) : [];
  if (found.length) return found;
  if (state === "offline") return ADVICE[`${kind}.no_answer`] ?? ADVICE.no_connection;
  if (state === "unknown") return UNHEARD;
  if (isDrifted) return ADVICE.config_drift;
  return state === "fault" ? OTHERWISE : [];
}
