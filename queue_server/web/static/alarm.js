/**
 * The sound of what nobody may overlook: a few short tones, again and again while it lasts.  A browser lets a page
 * sound only after somebody has touched it, so the first press of a key prepares it.
 */

const TONE_S = 0.24;

/**
 * @param {object} [tune]
 * @param {number[]} tune.pitches in hertz, one after the other
 * @param {number} tune.againMs from one beginning to the next
 * @param {() => void} tune.changed told when `isReady` changed
 */
export function alarmSound({ pitches = [880, 660], againMs = 2000, changed = () => {} } = {}) {
  let context = null;
  let timer = null;

  function tone(at, pitch) {
    const oscillator = context.createOscillator();
    const volume = context.createGain();
    oscillator.frequency.value = pitch;
    volume.gain.setValueAtTime(0.0001, at);
    volume.gain.exponentialRampToValueAtTime(0.18, at + 0.02);
    volume.gain.exponentialRampToValueAtTime(0.0001, at + TONE_S - 0.04);
    oscillator.connect(volume).connect(context.destination);
    oscillator.start(at);
    oscillator.stop(at + TONE_S - 0.02);
  }

  function once() {
    if (context?.state !== "running") return;
    pitches.forEach((pitch, index) => tone(context.currentTime + index * TONE_S, pitch));
  }

  return {
    /** Whether the browser lets it sound. */
    get isReady() {
      return context?.state === "running";
    },
    allow() {
      if (typeof AudioContext === "undefined") return;
      if (context === null) {
        context = new AudioContext();
        context.addEventListener("statechange", changed);
      }
      // Refused when the page is being left: then nobody needs it any more.
      if (context.state === "suspended") context.resume().catch(() => {});
    },
    ring(isOn) {
      if (isOn === (timer !== null)) return;
      clearInterval(timer);
      timer = isOn ? setInterval(once, againMs) : null;
      if (isOn) once();
    },
  };
}
