/** What is known of an endpoint's places. */
export interface LaneState {
  taken: number;
  hasFailed: boolean;
  /** How long a place has been taken of late, in milliseconds. */
  meanMs: number;
}

export interface LanePlaces {
  hasPlace(lane: LaneState): boolean;
  take(lane: LaneState): void;
  giveBack(lane: LaneState): void;
  /** Learns from an attempt how the endpoint fares. */
  judge(lane: LaneState, hasFailed: boolean, tookMs: number): void;
  /** Remembers that one in trouble had to go without a place, because others in trouble have them all. */
  turnAway(): void;
  /** True when such a one should have the place that this one, in trouble as well, has just given back. Asked once for each. */
  cedes(lane: LaneState): boolean;
}

/** An endpoint this slow on average gets few places: many such could otherwise fill the whole process. */
const SLOW_MS = 2_000;
const SLOW_PLACES = 2;
/** One that failed gets one, until something gets through. */
const FAILED_PLACES = 1;

/**
 * Says which endpoint may have another place.
 *
 * @param places at an endpoint that answers well
 * @param troubledPlaces at all endpoints together that are slow or have failed: the others keep the rest of the process
 */
export function createLanePlaces(places: number, troubledPlaces: number): LanePlaces {
  let takenByTroubled = 0;
  let turnedAway = 0;
  const isTroubled = ({ hasFailed, meanMs }: LaneState) => hasFailed || meanMs > SLOW_MS;
  const placesOf = (lane: LaneState) => {
    if (lane.hasFailed) return FAILED_PLACES;
    return isTroubled(lane) ? Math.min(SLOW_PLACES, places) : places;
  };
  const change = (lane: LaneState, changes: Partial<LaneState>) => {
    const troubled = () => (isTroubled(lane) ? lane.taken : 0);
    takenByTroubled -= troubled();
    Object.assign(lane, changes);
    takenByTroubled += troubled();
  };
  return {
    hasPlace: (lane) => lane.taken < placesOf(lane) && !(isTroubled(lane) && takenByTroubled >= troubledPlaces),
    take: (lane) => change(lane, { taken: lane.taken + 1 }),
    giveBack: (lane) => change(lane, { taken: lane.taken - 1 }),
    judge: (lane, hasFailed, tookMs) => change(lane, { hasFailed, meanMs: lane.meanMs + (tookMs - lane.meanMs) / 4 }),
    turnAway() {
      turnedAway += 1;
    },
    cedes(lane) {
      if (turnedAway === 0 || !isTroubled(lane)) return false;
      turnedAway -= 1;
      return true;
    },
  };
}
