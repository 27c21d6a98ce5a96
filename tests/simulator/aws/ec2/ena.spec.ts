import assert from "node:assert/strict";
import { attachTo, type CallStage, interfaceOf, poolTag, withCalls } from "../calls";
import { subnet } from "../services";
import { striking } from "../../striking";

const EXPRESS = {
  EnaSrdEnabled: true,
  EnaSrdUdpSpecification: { EnaSrdUdpEnabled: true },
};

/** Attaches an interface of the pool to a new instance of a type, with these settings. */
async function attach(stage: CallStage, type: string, settings: object) {
  const { region, call } = stage;
  const { id } = region.ec2.runInstance(type, subnet, poolTag(stage));
  await region.run(10);
  return call("attachNetworkInterface", { ...attachTo(interfaceOf(stage).id, id), ...settings });
}

/** What is shown of the attachment of the pool's interface: with the interface, and with its holder. */
async function shown(stage: CallStage) {
  const filters = [{ Name: "tag-key", Values: [stage.region.tagKey] }];
  const networkInterfaceId = interfaceOf(stage).id;
  const settingsIn = (list: unknown) => {
    const found = (list as { NetworkInterfaceId: string; Attachment?: object }[]).find(
      ({ NetworkInterfaceId }) => NetworkInterfaceId === networkInterfaceId,
    );
    const entries = Object.entries(found?.Attachment ?? {});
    return Object.fromEntries(entries.filter(([key]) => key.startsWith("Ena")));
  };
  const interfaces = await stage.call("describeNetworkInterfaces", filters);
  const instances = await stage.call("describeInstances", filters);
  const holders = instances.answer as { NetworkInterfaces: object[] }[];
  return [settingsIn(interfaces.answer), settingsIn(holders.at(-1)?.NetworkInterfaces)];
}

describe("ENA Express and the number of queues", () => {
  for (const clients of ["bundle", "inProcess"] as const) {
    it(`belong to the attachment, and are lost with it (${clients})`, () =>
      withCalls(
        async (stage) => {
          const settings = { EnaSrdSpecification: EXPRESS, EnaQueueCount: 8 };
          const { error } = await attach(stage, "c6in.32xlarge", settings);
          assert.equal(error, undefined);
          await stage.region.run(60);
          assert.deepEqual(await shown(stage), [settings, settings]);
          const AttachmentId = interfaceOf(stage).attachment?.id;
          await stage.call("detachNetworkInterface", { AttachmentId, Force: true });
          await stage.region.run(60);
          assert.equal((await attach(stage, "c6in.32xlarge", {})).error, undefined);
          assert.deepEqual(await shown(stage), [{}, {}]);
        },
        { clients, faults: striking("readStale", "attachStuck") },
      ));
  }

  for (const [type, settings, code] of [
    ["t4g.micro", { EnaSrdSpecification: { EnaSrdEnabled: true } }, "Unsupported"],
    ["t4g.micro", { EnaSrdSpecification: { EnaSrdEnabled: false } }, undefined],
    ["t4g.micro", { EnaQueueCount: 1 }, "Unsupported"],
    ["i7ie.48xlarge", { EnaSrdSpecification: { EnaSrdEnabled: true } }, undefined],
    ["i7ie.48xlarge", { EnaQueueCount: 8 }, "Unsupported"],
    ["c6in.32xlarge", { EnaQueueCount: 32 }, undefined],
    ["c6in.32xlarge", { EnaQueueCount: 64 }, "InvalidParameterValue"],
    ["c6in.32xlarge", { EnaQueueCount: 6 }, "InvalidParameterValue"],
    ["c6in.32xlarge", { EnaQueueCount: 0 }, "InvalidParameterValue"],
  ] as const) {
    it(`are ${code === undefined ? "taken" : "refused"} as the type has it: ${type}, ${JSON.stringify(settings)}`, () =>
      withCalls(
        async (stage) => {
          const { error } = await attach(stage, type, settings);
          assert.equal(error?.name, code);
          const isAttached = interfaceOf(stage).attachment !== undefined;
          assert.equal(isAttached, code === undefined);
        },
        { clients: "inProcess" },
      ));
  }

  it("are told of with each type", () =>
    withCalls(
      async ({ call }) => {
        const Values = ["t4g.micro", "i7ie.48xlarge", "c6in.32xlarge"];
        const { answer } = await call("describeInstanceTypes", [{ Name: "instance-type", Values }]);
        const told = (answer as { InstanceType: string; NetworkInfo: object }[]).map(
          ({ InstanceType, NetworkInfo: { ...info } }) => {
            const { EnaSrdSupported, FlexibleEnaQueuesSupport } = info as Record<string, unknown>;
            return [InstanceType, EnaSrdSupported, FlexibleEnaQueuesSupport];
          },
        );
        assert.deepEqual(told, [
          ["t4g.micro", false, "unsupported"],
          ["c6in.32xlarge", true, "supported"],
          ["i7ie.48xlarge", true, "unsupported"],
        ]);
      },
      { clients: "inProcess" },
    ));
});
