import type { Attempt } from "./deliver-once.ts";
import { createLanePlaces, type LaneState } from "./lane-places.ts";

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
  /** Places at all endpoints together that are slow or have failed: the others keep the rest of the process. */
  troubledPlaces: number;
  deliver: (deliveryId: string) => Promise<Attempt>;
  /** Told of what went wrong with a delivery that nobody waits for; it is tried again all the same. */
  onError: (error: unknown) => void;
  now: () => number;
  random: () => number;
}

interface Lane extends LaneState {
  /** Deliveries that wait for a place, in their order. */
  waiting: Set<string>;
}

/** Only after a crash, or while very many receivers are down, has one that asks again anything to do. */
const ASK_AGAIN_MS = 30_000;
/** Beyond so many that wait, in all, some come back for nothing more than to ask again. */
const MAX_WAITING = 50_000;
/** Beyond so many, what is known of an endpoint is forgotten once nothing is under way to it. */
const MAX_LANES = 10_000;
/** Added to a retry's wait, so that it is due by the database's clock as well. */
const RETRY_MARGIN_MS = 50;

/**
 * Keeps an endpoint from taking all of a notifier's places, so that a receiver that is slow or down does not hold up the
 * others; nor do any number of such receivers. What finds no place waits here, and takes none of the worker's places
 * meanwhile: its job asks again much later, and mostly finds it done. In this process alone; with more notifiers an
 * endpoint has more places.
 */
export function createEndpointLanes(options: LaneOptions): EndpointLanes {
  const { deliver, onError, now, random } = options;
  const places = createLanePlaces(options.places, options.troubledPlaces);
  const lanes = new Map<string, Lane>();
  const underWay = new Set<Promise<unknown>>();
  const retries = new Set<NodeJS.Timeout>();
  let waitingInAll = 0;
  let isClosed = false;

  const run = async (endpointId: string, lane: Lane, deliveryId: string): Promise<Attempt> => {
    const takenAt = now();
    places.take(lane);
    leave(lane, deliveryId);
    try {
      const attempt = await deliver(deliveryId);
      if (attempt.kind !== "not_claimed") places.judge(lane, attempt.kind !== "delivered", now() - takenAt);
      return attempt;
    } finally {
      places.giveBack(lane);
      runNext(endpointId, lane);
    }
  };
  const runNext = (endpointId: string, lane: Lane) => {
    // To another in trouble, or those that came first would keep their places. What waited comes back by its jobs.
    if (places.cedes(lane)) for (const deliveryId of lane.waiting) leave(lane, deliveryId);
    while (!isClosed && places.hasPlace(lane)) {
      const [next] = lane.waiting;
      if (next === undefined) break;
      void track(runWaiting(endpointId, lane, next));
    }
    if (lane.taken === 0 && lane.waiting.size === 0 && lanes.size > MAX_LANES) lanes.delete(endpointId);
  };
  /** Its job comes back much later than a first retry is due, so that is seen to here. */
  const runWaiting = async (endpointId: string, lane: Lane, deliveryId: string) => {
    const attempt = await run(endpointId, lane, deliveryId).catch(onError);
    if (attempt?.kind !== "failed" || attempt.waitMs > ASK_AGAIN_MS || retries.size >= MAX_WAITING) return;
    const retry = setTimeout(() => {
      retries.delete(retry);
      if (!isClosed) void admit(endpointId, deliveryId, runWaiting);
    }, attempt.waitMs + RETRY_MARGIN_MS).unref();
    retries.add(retry);
  };
  /** Begins a delivery, or has it wait; null then, and also when no place will become free and it has to come back. */
  const admit = <T>(endpointId: string, deliveryId: string, begin: (...of: [string, Lane, string]) => Promise<T>) => {
    const lane = lanes.get(endpointId) ?? { taken: 0, hasFailed: false, meanMs: 0, waiting: new Set<string>() };
    lanes.set(endpointId, lane);
    if (places.hasPlace(lane)) return track(begin(endpointId, lane, deliveryId));
    if (lane.taken === 0) places.turnAway();
    else if (waitingInAll < MAX_WAITING) wait(lane, deliveryId);
    return null;
  };
  const wait = ({ waiting }: Lane, deliveryId: string) => {
    if (!waiting.has(deliveryId)) waitingInAll += 1;
    waiting.add(deliveryId);
  };
  const leave = ({ waiting }: Lane, deliveryId: string) => {
    if (waiting.delete(deliveryId)) waitingInAll -= 1;
  };
  const track = <T>(running: Promise<T>): Promise<T> => {
    underWay.add(running);
    const forget = () => underWay.delete(running);
    running.then(forget, forget);
    return running;
  };

  return {
    enter: (endpointId, deliveryId) => admit(endpointId, deliveryId, run) ?? ASK_AGAIN_MS * (1 + random()),
    async close() {
      isClosed = true;
      for (const retry of retries) clearTimeout(retry);
      await Promise.allSettled(underWay);
    },
  };
}
