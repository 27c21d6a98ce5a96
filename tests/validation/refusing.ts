import * as pulumi from "@pulumi/pulumi";
import assert from "node:assert/strict";
import type { Registration } from "../../simulator/deploy/registrations";
import { refuse, typesAndNames } from "../mocks";
import { refuseLater } from "../refusals";
import type { Configuration } from "./table";

/** A component with arguments as a table has them. */
export type Create = (args: Configuration["keys"]) => unknown;
/** Tests each row of a table of arguments and of what is wrong with them. */
type TestTable = (table: Configuration[]) => void;

/** Tests what a component refuses in its constructor, before it asks AWS for anything. */
export function itRefusesAtOnce(create: Create): TestTable {
  return (table) => {
    for (const { title, keys, mistakes } of table) {
      it(`refuses ${title}, before anything is created`, async () => {
        const { error, registrations, calls } = await refuse(() => create(keys));
        assertRefusal(error, mistakes);
        assert.equal(registrations.length, 1, "the component");
        assert.deepEqual(calls, []);
      });
    }
  };
}

/** Tests what a component refuses by what AWS answers, in one error. */
export function itRefusesLater(
  create: Create,
  assertCreated: (registrations: Registration[]) => void,
): TestTable {
  return (table) => {
    for (const { title, keys, mistakes } of table) {
      it(`refuses ${title}, before what depends on it is created`, async () => {
        const { errors, registrations } = await refuseLater(() => create(keys));
        assert.equal(errors.length, 1);
        assertRefusal(errors[0], mistakes);
        assertCreated(registrations);
      });
    }
  };
}

function assertRefusal(error: unknown, mistakes: string[]): void {
  assert.ok(pulumi.ResourceError.isInstance(error));
  assert.deepEqual(error.message.split("\n"), mistakes);
  assert.equal(error.hideStack, true);
}

export const createsOnly =
  (...names: string[]) =>
  (registrations: Registration[]) => {
    assert.deepEqual(typesAndNames(registrations), names);
  };

export const createsNo =
  (...types: string[]) =>
  (registrations: Registration[]) => {
    const found = registrations.filter(({ type }) => types.includes(type.split(":").at(-1) ?? ""));
    assert.deepEqual(found, []);
  };
