import { x } from "@payonce/domain";
export const y = x + 1;
