import { expect, test } from "@jest/globals";
import { ROLES, type Role } from "@payonce/db/operations";
import type { PayonceError } from "@payonce/domain";
import type { Request, Response } from "express";
import { actorOf } from "./actor-of.ts";
import { hasRole, requireRole } from "./require-role.ts";

const operator = (role: Role) => ({ id: "opr_1", username: "dana", role });
const locals = (role: Role) => ({ locals: { operator: operator(role) } }) as unknown as Response;

function refusal(has: Role, needed: Role): PayonceError | null {
  let isLetIn = false;
  try {
    requireRole(needed)({} as Request, locals(has), () => {
      isLetIn = true;
    });
  } catch (error) {
    expect(isLetIn).toBe(false);
    return error as PayonceError;
  }
  expect(isLetIn).toBe(true);
  return null;
}

test("each role may do what the one before may, and no more", () => {
  const allowed = ROLES.map((has) => ROLES.filter((needed) => refusal(has, needed) === null));
  expect(allowed).toEqual([["viewer"], ["viewer", "operator"], ["viewer", "operator", "admin"]]);
  for (const has of ROLES)
    for (const needed of ROLES) expect(hasRole(operator(has), needed)).toBe(refusal(has, needed) === null);
});

test("whoever is refused is told who may", () => {
  expect(refusal("viewer", "operator")).toMatchObject({
    code: "role_insufficient",
    status: 403,
    message: "Only an operator or admin may do this; you are a viewer.",
  });
});

test("the audit log gets the operator's name, and which way they came", () => {
  expect(actorOf(locals("admin"), "api")).toEqual({ operatorId: "opr_1", name: "dana", via: "api" });
});
