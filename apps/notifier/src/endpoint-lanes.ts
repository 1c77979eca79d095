import type { Attempt } from "./deliver-once.ts";

export interface EndpointLanes {
  /**
   * Delivers now when there is a place at the endpoint, and as soon as there is one otherwise.
   *
   * @returns what came of it; or, when it has to wait for a place, after how many milliseconds to ask again. By then it is
   *   done, unless this process has died.
   */
  enter(endpointId: string, deliveryId: string): Promise<Attempt> | number;
  /** Begins nothing more of what waits, and resolves when what is under way has ended. */
  close(): Promise<void>;
}

export interface LaneOptions {
  /** Places at an endpoint that answers well. */
  places: number;
  deliver: (deliveryId: string) => Promise<Attempt>;
  /** Told of what went wrong with a delivery that nobody waits for; it is tried again all the same. */
  onError: (error: unknown) => void;
  now: () => number;
  random: () => number;
}

interface Lane {
  taken: number;
  hasFailed: boolean;
  /** How long a place has been taken of late, in milliseconds. */
  meanMs: number;
  /** Deliveries that wait for a place, in their order. */
  waiting: Set<string>;
}

/** An endpoint this slow on average gets few places: many such could otherwise fill the whole process. */
const SLOW_MS = 2_000;
const SLOW_PLACES = 2;
/** One that failed gets one, until something gets through. */
const FAILED_PLACES = 1;
/** Only after a crash has one that asks again anything to do, so it need not ask often. */
const ASK_AGAIN_MS = 30_000;
/** Beyond so many that wait, in all, some come back for nothing more than to ask again. */
const MAX_WAITING = 50_000;
/** Beyond so many, what is known of an endpoint is forgotten once nothing is under way to it. */
const MAX_LANES = 10_000;

/**
 * Keeps an endpoint from taking all of a notifier's places, so that a receiver that is slow or down does not hold up the
 * others. What finds no place waits here, and takes none of the worker's places meanwhile: its job asks again much later,
 * and mostly finds it done. In this process alone; with more notifiers an endpoint has more places.
 */
export function createEndpointLanes({ places, deliver, onError, now, random }: LaneOptions): EndpointLanes {
  const lanes = new Map<string, Lane>();
  const underWay = new Set<Promise<unknown>>();
  let waitingInAll = 0;
  let isClosed = false;

  const placesOf = ({ hasFailed, meanMs }: Lane) => {
    if (hasFailed) return FAILED_PLACES;
    return meanMs > SLOW_MS ? Math.min(SLOW_PLACES, places) : places;
  };
  const run = async (endpointId: string, lane: Lane, deliveryId: string): Promise<Attempt> => {
    const takenAt = now();
    lane.taken += 1;
    if (lane.waiting.delete(deliveryId)) waitingInAll -= 1;
    try {
      const attempt = await deliver(deliveryId);
      if (attempt.kind !== "not_claimed") {
        lane.hasFailed = attempt.kind !== "delivered";
        lane.meanMs += (now() - takenAt - lane.meanMs) / 4;
      }
      return attempt;
    } finally {
      lane.taken -= 1;
      runNext(endpointId, lane);
    }
  };
  const runNext = (endpointId: string, lane: Lane) => {
    while (!isClosed && lane.taken < placesOf(lane)) {
      const [next] = lane.waiting;
      if (next === undefined) break;
      track(run(endpointId, lane, next)).catch(onError);
    }
    if (lane.taken === 0 && lane.waiting.size === 0 && lanes.size > MAX_LANES) lanes.delete(endpointId);
  };
  const track = (running: Promise<Attempt>) => {
    underWay.add(running);
    const forget = () => underWay.delete(running);
    running.then(forget, forget);
    return running;
  };

  return {
    enter(endpointId, deliveryId) {
      const lane = lanes.get(endpointId) ?? { taken: 0, hasFailed: false, meanMs: 0, waiting: new Set() };
      lanes.set(endpointId, lane);
      if (lane.taken < placesOf(lane)) return track(run(endpointId, lane, deliveryId));
      if (waitingInAll < MAX_WAITING && !lane.waiting.has(deliveryId)) {
        lane.waiting.add(deliveryId);
        waitingInAll += 1;
      }
      return ASK_AGAIN_MS * (1 + random());
    },
    async close() {
      isClosed = true;
      await Promise.allSettled(underWay);
    },
  };
}
