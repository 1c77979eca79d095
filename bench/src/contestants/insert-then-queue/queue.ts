export const QUEUE = "charges";

/** As most set it: three attempts, and what is done is not kept. */
export const JOB_OPTIONS = { attempts: 3, removeOnComplete: true, removeOnFail: false };
