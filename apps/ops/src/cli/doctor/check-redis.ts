import { type Check, type Finding, failed, ok, Unchecked, unchecked } from "./check.ts";
import { checkClock } from "./check-clock.ts";
import { reasonOf } from "./check-postgres.ts";
import type { Patient } from "./patient.ts";

/** BullMQ asks for it. */
const OLDEST = [6, 2] as const;

type Info = ReadonlyMap<string, string>;

/** What has to do with the Redis server itself. Asks by INFO: managed services do not allow CONFIG. */
export function checkRedis({ redis }: Patient): Check[] {
  const answer = () =>
    redis.catch(() => {
      throw new Unchecked("Redis cannot be asked, see there");
    });
  return [
    {
      name: "Redis",
      run: () =>
        redis.then(
          ({ value, askedAt, answeredAt }) => checkServer(value.info, answeredAt - askedAt),
          (error) =>
            failed(
              `cannot be asked: ${reasonOf(error)}`,
              "Check REDIS_URL, the server and the way there. Payments are taken meanwhile, and charged once it is back.",
            ),
        ),
    },
    { name: "Redis eviction", run: async () => checkEviction((await answer()).value.info) },
    { name: "Redis append-only file", run: async () => checkAppendOnly((await answer()).value.info) },
    {
      name: "Redis clock",
      run: async () => {
        const { value, ...times } = await answer();
        return checkClock("Redis", { value: value.at, ...times });
      },
    },
  ];
}

function checkServer(info: Info, roundTripMs: number): Finding {
  const version = info.get("redis_version") ?? "";
  const [major = 0, minor = 0] = version.split(".").map(Number);
  const isTooOld = major < OLDEST[0] || (major === OLDEST[0] && minor < OLDEST[1]);
  if (isTooOld) return failed(`is ${version || "of an unknown version"}`, "Use Redis 6.2 or newer.");
  if (info.get("role") === "slave")
    return failed("is a replica, which takes no writes", "Point REDIS_URL at the primary.");
  return ok(`${version}, answers in ${Math.max(0, Math.round(roundTripMs))} ms`);
}

export function checkEviction(info: Info): Finding {
  const policy = info.get("maxmemory_policy");
  if (policy === undefined) return unchecked("cannot be checked: the server does not tell its maxmemory-policy");
  if (policy === "noeviction") return ok("maxmemory-policy noeviction");
  return failed(
    `maxmemory-policy is ${policy}: when memory is full, Redis drops jobs`,
    "Set maxmemory-policy noeviction. Nothing is lost for good meanwhile: the sweep finds payments without a job.",
  );
}

export function checkAppendOnly(info: Info): Finding {
  const enabled = info.get("aof_enabled");
  if (enabled === undefined) return unchecked("cannot be checked: the server does not tell whether it keeps one");
  if (enabled !== "1")
    return failed(
      "there is none: a restart of Redis forgets jobs",
      "Set appendonly yes. Nothing is lost for good meanwhile: the sweep finds payments without a job.",
    );
  if (info.get("aof_last_write_status") === "err")
    return failed("it cannot be written", "Look into the log of Redis: its disk may be full.");
  return ok("appendonly yes");
}
