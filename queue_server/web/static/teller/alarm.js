/**
 * The sound of "nobody heard the call": two short tones every two seconds while it lasts.  A browser lets a page sound
 * only after somebody has touched it, so the first press of a key prepares it.
 */

const AGAIN_MS = 2000;

export function alarmSound() {
  let context = null;
  let timer = null;

  function tone(at, pitch) {
    const oscillator = context.createOscillator();
    const volume = context.createGain();
    oscillator.frequency.value = pitch;
    volume.gain.setValueAtTime(0.0001, at);
    volume.gain.exponentialRampToValueAtTime(0.18, at + 0.02);
    volume.gain.exponentialRampToValueAtTime(0.0001, at + 0.2);
    oscillator.connect(volume).connect(context.destination);
    oscillator.start(at);
    oscillator.stop(at + 0.22);
  }

  function twice() {
    if (!context) return;
    tone(context.currentTime, 880);
    tone(context.currentTime + 0.24, 660);
  }

  return {
    allow() {
      context ??= typeof AudioContext === "undefined" ? null : new AudioContext();
    },
    ring(isOn) {
      if (isOn === (timer !== null)) return;
      clearInterval(timer);
      timer = isOn ? setInterval(twice, AGAIN_MS) : null;
      if (isOn) twice();
    },
  };
}
