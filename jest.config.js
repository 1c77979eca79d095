import { availableParallelism } from "node:os";

const swc = ({ tsx }) => [
  "@swc/jest",
  {
    jsc: {
      parser: { syntax: "typescript", tsx },
      transform: { react: { runtime: "automatic", importSource: "preact" } },
      target: "es2022",
    },
    module: { type: "es6" },
  },
];

/** @type {import("jest").Config} */
export default {
  // Much of a run is waiting: for leases to end, for processes to come back.
  maxWorkers: 2 * availableParallelism(),
  // No test is about time; this only ends one that hangs, on a machine however slow.
  testTimeout: 90_000,
  roots: ["<rootDir>/apps", "<rootDir>/bench", "<rootDir>/packages", "<rootDir>/proof", "<rootDir>/tests"],
  testSequencer: "<rootDir>/jest-sequencer.cjs",
  testMatch: ["**/src/**/*.test.ts"],
  // One Postgres and one Redis for the whole run; each test file has a database and a Redis prefix of its own.
  globalSetup: "<rootDir>/packages/stack/src/jest-global-setup.ts",
  globalTeardown: "<rootDir>/packages/stack/src/jest-global-teardown.ts",
  testEnvironment: "node",
  testEnvironmentOptions: { customExportConditions: ["source", "node", "node-addons"] },
  extensionsToTreatAsEsm: [".ts", ".tsx"],
  transform: { "^.+\\.ts$": swc({ tsx: false }), "^.+\\.tsx$": swc({ tsx: true }) },
  transformIgnorePatterns: ["/node_modules/(?!@payonce/)"],
};
