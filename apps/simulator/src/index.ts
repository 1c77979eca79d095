export { type Listening, listen } from "./listen.ts";
export { createSimulator, type Simulator, type SimulatorOptions } from "./simulator.ts";
