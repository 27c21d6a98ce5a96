/** What one reconcile learns, stepped look by look. */
import type { NetworkInterface } from "@aws-sdk/client-ec2";
import type { Refusal } from "../../handler/errors";
import {
  createLessons,
  createMemory,
  learnFrom,
  type Lessons,
  type Memory,
  toSnapshot,
} from "../../handler/learn";
import type { Action, Snapshot, World } from "../../handler/model";

export const everyLook = Array.from({ length: 40 }, (_, index) => index + 1);

export const emptyWorld: World = {
  interfaces: [],
  instances: {},
  memberships: {},
  interfaceLimits: {},
  missingInstanceIds: [],
};

export function reconciling(memory: Memory = createMemory()) {
  const lessons: Lessons = createLessons();
  const at = (look: number): void => {
    lessons.look = look;
  };
  const look = (parts: Partial<World> = {}, nowSeconds = 0): Snapshot =>
    toSnapshot({ ...emptyWorld, ...parts }, lessons, memory, [], nowSeconds * 1000);
  const learn = (action: Action, refusal?: Refusal): void => {
    learnFrom({ action, refusal }, lessons, memory);
  };
  /** An interface was made, as EC2 answered. */
  const learnOfMade = (action: Action, created?: NetworkInterface): void => {
    learnFrom({ action, created }, lessons, memory);
  };
  /** The looks up to the 40th at which an id isn't to be tried. */
  const deferredLooks = (id: string): number[] =>
    everyLook.filter((number) => {
      at(number);
      return Object.hasOwn(look().deferred, id);
    });
  return { memory, at, look, learn, learnOfMade, deferredLooks };
}

export function refusal(kind: Refusal["class"], parts: Partial<Refusal> = {}): Refusal {
  return {
    class: kind,
    code: "SomeCode",
    message: "some text",
    blames: "pair",
    ...parts,
  };
}
