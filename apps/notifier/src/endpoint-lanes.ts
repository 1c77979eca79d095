/** A place at an endpoint, until it is left. */
export interface Place {
  /** @param outcome null when nothing was sent */
  leave(outcome: "delivered" | "failed" | null): void;
}

export interface EndpointLanes {
  /**
   * Takes a place at an endpoint, and waits for a moment where one will soon be free.
   *
   * @returns how long to stay away, in milliseconds, when there is none
   */
  enter(endpointId: string): Promise<Place | number>;
}

export interface LaneOptions {
  /** Places at an endpoint that answers well. */
  places: number;
  now: () => number;
  random: () => number;
}

interface Lane {
  taken: number;
  hasFailed: boolean;
  /** How long a place has been taken of late, in milliseconds. */
  meanMs: number;
  /** Until then its places are promised to those who were told to come back. */
  bookedUntil: number;
  /** Those who wait here; each is called once, true for a place. */
  waiting: ((hasPlace: boolean) => void)[];
}

/** An endpoint this slow on average gets few places: many such could otherwise fill the whole process. */
const SLOW_MS = 2_000;
const SLOW_PLACES = 2;
/** One that failed gets one, until something gets through. */
const FAILED_PLACES = 1;
/** Where a place is free again so soon, waiting for it costs less than coming back. */
const QUICK_MS = 200;
/** Nobody is told to stay away longer: the endpoint may be well again soon. */
const MAX_STAY_AWAY_MS = 15_000;
/** Beyond so many, what is known of an endpoint is forgotten once nothing is under way to it. */
const MAX_LANES = 10_000;

/**
 * Keeps an endpoint from taking all of a notifier's places, so that a receiver that is slow or down does not hold up the
 * others. What finds no place is told when to come back, each a little later than the one before: thousands that wait for
 * one receiver do not come back all at once, in vain. In this process alone; with more notifiers there are more places.
 */
export function createEndpointLanes({ places, now, random }: LaneOptions): EndpointLanes {
  const lanes = new Map<string, Lane>();
  const placesOf = ({ hasFailed, meanMs }: Lane) => {
    if (hasFailed) return FAILED_PLACES;
    return meanMs > SLOW_MS ? Math.min(SLOW_PLACES, places) : places;
  };
  const take = (endpointId: string, lane: Lane): Place => {
    const takenAt = now();
    lane.taken += 1;
    return {
      leave(outcome) {
        lane.taken -= 1;
        if (outcome !== null) {
          lane.hasFailed = outcome === "failed";
          lane.meanMs += (now() - takenAt - lane.meanMs) / 4;
        }
        while (lane.waiting.length > 0 && lane.taken < placesOf(lane)) lane.waiting.shift()?.(true);
        if (lane.taken === 0 && lanes.size > MAX_LANES) lanes.delete(endpointId);
      },
    };
  };
  return {
    async enter(endpointId) {
      const lane = lanes.get(endpointId) ?? makeLane();
      lanes.set(endpointId, lane);
      if (lane.taken < placesOf(lane)) return take(endpointId, lane);
      const isQuick = !lane.hasFailed && lane.meanMs < QUICK_MS;
      // As many as there are places, so that each takes part in what is a short turn.
      if (!isQuick || lane.waiting.length >= places) return book(lane, placesOf(lane), now(), random);
      return new Promise((resolve) => {
        const answer = (hasPlace: boolean) => {
          clearTimeout(timer);
          resolve(hasPlace ? take(endpointId, lane) : book(lane, placesOf(lane), now(), random));
        };
        const timer = setTimeout(() => {
          lane.waiting = lane.waiting.filter((other) => other !== answer);
          answer(false);
        }, QUICK_MS);
        lane.waiting.push(answer);
      });
    },
  };
}

function makeLane(): Lane {
  return { taken: 0, hasFailed: false, meanMs: 0, bookedUntil: 0, waiting: [] };
}

function book(lane: Lane, places: number, now: number, random: () => number): number {
  const apartMs = Math.max(1, lane.meanMs / places);
  const at = Math.max(lane.bookedUntil, now) + apartMs;
  // Beyond the longest wait there is no order: they come back spread over its second half.
  if (at - now > MAX_STAY_AWAY_MS) return MAX_STAY_AWAY_MS * (0.5 + random() / 2);
  lane.bookedUntil = at;
  return at - now;
}
