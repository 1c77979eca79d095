/** Each may do what the one before may: a viewer looks, an operator acts, an admin says who is what. */
export type Role = "viewer" | "operator" | "admin";

/** A person who operates this. */
export interface Operator {
  id: string;
  username: string;
  role: Role;
}
