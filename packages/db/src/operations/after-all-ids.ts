/** Where a list that goes from the newest id to the oldest starts: ids sort as bytes, and none has a `~`. */
export const AFTER_ALL_IDS = "~";
