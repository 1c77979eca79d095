export { createLoop, type Loop } from "@payonce/service";
