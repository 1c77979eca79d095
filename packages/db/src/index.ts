export { migrate } from "./migrate.ts"; export {connectDatabase, type Database} from "./connect.ts"
