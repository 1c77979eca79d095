/** @type {import("jest").Config} */
export default {
  roots: ["<rootDir>/apps", "<rootDir>/packages"],
  testMatch: ["**/src/**/*.test.ts"],
  testEnvironment: "node",
  testEnvironmentOptions: { exportConditions: ["source", "node", "node-addons"] },
  extensionsToTreatAsEsm: [".ts"],
  transform: {
    "^.+\\.ts$": [
      "@swc/jest",
      { jsc: { parser: { syntax: "typescript" }, target: "es2022" }, module: { type: "es6" } },
    ],
  },
  transformIgnorePatterns: ["/node_modules/(?!@payonce/)"],
};
