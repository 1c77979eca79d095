import { createProvider } from "./create-provider.ts";

createProvider().listen(Number(process.env.PORT), "127.0.0.1");
process.on("SIGTERM", () => process.exit(0));
