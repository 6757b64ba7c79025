// Where a vehicle is at a moment, and where it goes next: reckoning alone, nothing of a page.
//
// Instants and lengths of time are milliseconds. On a stretch with a stop nobody knows where it stood: it drives half
// of the way in half of the usual time, stands there, and drives on.

/** Shorter ones are not jumped. */
export const LEAST_GAP = 60_000;

const METRES_A_DEGREE = 111_320;
const NARROWING = Math.cos((51 * Math.PI) / 180);

/** Journeys as the page wrote them, with the lines of their legs and the moments at which they stand still. */
export function prepare({ pieces, journeys }) {
  return journeys.map((journey) => {
    const legs = journey.legs.map((leg, number) => prepareLeg(leg, journey.reads[number], journey.reads[number + 1], pieces));
    return { ...journey, legs, start: journey.reads[0].t, end: journey.reads.at(-1).t };
  });
}

function prepareLeg(leg, before, after, pieces) {
  const drive = Math.max(after.t - before.t - leg.stop, 0);
  const points = leg.pieces.length ? joined(leg.pieces.map((name) => pieces[name])) : leg.line;
  return {
    ...leg, points, far: distances(points), start: before.t, end: after.t, drive,
    stands: leg.stop ? before.t + drive / 2 : after.t, leaves: after.t - drive / 2,
  };
}

function joined(lines) {
  return lines.flatMap((line, number) => (number === 0 ? line : line.slice(1)));
}

function distances(points) {
  const far = [0];
  for (let number = 1; number < points.length; number += 1) {
    far.push(far[number - 1] + metres(points[number - 1], points[number]));
  }
  return far;
}

function metres([lon, lat], [toLon, toLat]) {
  return Math.hypot((toLon - lon) * NARROWING, toLat - lat) * METRES_A_DEGREE;
}

/** The number of the last passage at or before a moment. */
export function passageAt(journey, t) {
  let found = 0;
  while (found + 1 < journey.reads.length && journey.reads[found + 1].t <= t) found += 1;
  return found;
}

/** What part of a leg lies behind at a moment, 0 to 1. */
export function shareOf(leg, t) {
  if (t <= leg.start) return 0;
  if (t >= leg.end) return 1;
  if (!leg.stop) return (t - leg.start) / (leg.end - leg.start);
  if (t < leg.stands) return (t - leg.start) / leg.drive;
  return t < leg.leaves ? 0.5 : 1 - (leg.end - t) / leg.drive;
}

/** Where the vehicle is: the place ([lon, lat] or null), its heading in degrees (0 is north), and what is known of it. */
export function placeAt(journey, t) {
  const number = Math.min(passageAt(journey, t), journey.legs.length - 1);
  if (number < 0) return { at: journey.reads[0].at, heading: null, leg: -1, standing: true };
  const leg = journey.legs[number];
  const standing = Boolean(leg.stop) && t >= leg.stands && t < leg.leaves;
  if (leg.points.length < 2) {
    const { at } = journey.reads[number + (t >= leg.end ? 1 : 0)];
    return { at, heading: null, leg: number, standing };
  }
  return { ...along(leg, shareOf(leg, t)), leg: number, standing };
}

function along(leg, share) {
  const wanted = share * leg.far.at(-1);
  let number = 1;
  while (number < leg.points.length - 1 && leg.far[number] < wanted) number += 1;
  const [before, after] = [leg.points[number - 1], leg.points[number]];
  const length = leg.far[number] - leg.far[number - 1];
  const part = length ? (wanted - leg.far[number - 1]) / length : 0;
  const at = [before[0] + (after[0] - before[0]) * part, before[1] + (after[1] - before[1]) * part];
  const heading = (Math.atan2((after[0] - before[0]) * NARROWING, after[1] - before[1]) * 180) / Math.PI;
  return { at, heading: length ? heading : null };
}

/**
 * Where playing is after so many milliseconds of the vehicle's own time.
 *
 * Returns { journey, t, said, over }: `said` is what is told of a gap that was jumped, empty where none was; `over`
 * tells that the last journey has ended.
 */
export function advance(journeys, { journey, t }, passed, skips) {
  const here = journeys[journey];
  const moved = t + passed;
  const stop = skips && here.legs.find((leg) => leg.stop > LEAST_GAP && leg.stands <= moved && t < leg.leaves);
  if (stop) return { journey, t: stop.leaves, said: stop.later, over: false };
  if (moved < here.end) return { journey, t: moved, said: "", over: false };
  const next = journeys[journey + 1];
  if (!next) return { journey, t: here.end, said: "", over: true };
  const gap = next.start - here.end;
  if (gap < 0 || (skips && gap > LEAST_GAP)) return { journey: journey + 1, t: next.start, said: next.later, over: false };
  if (moved >= next.start) return { journey: journey + 1, t: moved, said: "", over: false };
  return { journey, t: moved, said: "", over: false };
}

/** The passage so many further on, or back, over the ends of journeys; null where there is none. */
export function stepFrom(journeys, journey, passage, step) {
  const wanted = passage + step;
  if (wanted >= 0 && wanted < journeys[journey].reads.length) return { journey, passage: wanted };
  const beside = journeys[journey + step];
  return beside ? { journey: journey + step, passage: step > 0 ? 0 : beside.reads.length - 1 } : null;
}
