import assert from "node:assert/strict";
import type { NetworkInterface as Shown } from "@aws-sdk/client-ec2";
import { attachTo, type CallStage, interfaceOf, poolTag, withCalls } from "../calls";
import { withPolicy } from "../policyDocuments";
import { subnet } from "../services";

const OTHER_ACCOUNT = "222222222222";

const everything = {
  Version: "2012-10-17" as const,
  Statement: [{ Sid: "All", Effect: "Allow" as const, Action: ["*"], Resource: "*" }],
};

/** Calls by a role that may do everything, so that what is refused is refused by EC2. */
const withRights = (test: (stage: CallStage) => Promise<void>) =>
  withCalls(test, {
    clients: "inProcess",
    change: (deployment) => withPolicy(deployment, everything),
  });

/** An interface of the pool on an instance that somebody else runs. */
async function holdElsewhere(stage: CallStage, ownerId: string) {
  const { ec2 } = stage.region;
  const networkInterface = interfaceOf(stage);
  const { id } = ec2.lendInterface(networkInterface.id, ownerId);
  await stage.region.run(10);
  const { id: AttachmentId = "" } = networkInterface.attachment ?? {};
  return { networkInterface, instanceId: id, detach: { AttachmentId } };
}

const filter = ({ region }: CallStage) => [{ Name: "tag-key", Values: [region.tagKey] }];

async function showInterface(stage: CallStage, id: string) {
  const { answer } = await stage.call("describeNetworkInterfaces", filter(stage));
  const shown = (answer as Shown[]).find((one) => one.NetworkInterfaceId === id);
  assert.ok(shown);
  return shown;
}

const codeOf = async (stage: CallStage, ...call: Parameters<CallStage["call"]>) =>
  (await stage.call(...call)).error?.name;

describe("an instance of another account", () => {
  it("shows as the holder of what it has, and nowhere else", () =>
    withRights(async (stage) => {
      const { networkInterface, instanceId } = await holdElsewhere(stage, OTHER_ACCOUNT);
      const { OwnerId, Status, Attachment } = await showInterface(stage, networkInterface.id);
      assert.deepEqual([OwnerId, Status], ["123456789012", "in-use"]);
      assert.equal(Attachment?.InstanceId, instanceId);
      assert.deepEqual(
        [Attachment.InstanceOwnerId, Attachment.Status],
        [OTHER_ACCOUNT, "attached"],
      );
      for (const Values of [[instanceId], [instanceId, "i-1"]]) {
        const byId = [{ Name: "instance-id", Values }];
        assert.deepEqual((await stage.call("describeInstances", byId)).answer, []);
      }
      const { tags } = stage.region.ec2.instanceById(instanceId);
      Object.assign(tags, poolTag(stage));
      assert.deepEqual((await stage.call("describeInstances", filter(stage))).answer, []);
    }));

  it("tells nobody here of its states, but of the interface that it is given and that comes off it", () =>
    withRights(async (stage) => {
      const kinds: string[] = [];
      stage.region.ec2.onChange(({ kind }) => kinds.push(kind));
      const { instanceId } = await holdElsewhere(stage, OTHER_ACCOUNT);
      stage.region.ec2.terminateInstance(instanceId);
      await stage.region.run(120);
      assert.deepEqual(kinds, ["attached", "detached"]);
    }));

  for (const [whose, run, code] of [
    ["the manager's role", withCalls, "UnauthorizedOperation"],
    ["a role that may do everything", withRights, "AuthFailure"],
  ] as const) {
    it(`keeps what it has from ${whose}`, () =>
      run(async (stage) => {
        const { networkInterface, instanceId, detach } = await holdElsewhere(stage, OTHER_ACCOUNT);
        for (const Force of [false, true]) {
          assert.equal(await codeOf(stage, "detachNetworkInterface", { ...detach, Force }), code);
        }
        assert.equal(networkInterface.attachment?.instanceId, instanceId);
      }));
  }

  it("isn't shown where it is a service of AWS", () =>
    withRights(async (stage) => {
      const { networkInterface } = await holdElsewhere(stage, "amazon-elb");
      const { Attachment } = await showInterface(stage, networkInterface.id);
      assert.equal(Attachment?.InstanceOwnerId, "amazon-elb");
      assert.equal(Attachment.InstanceId, undefined);
    }));
});

describe("an interface of another account", () => {
  it("is another's to attach", () =>
    withCalls(async (stage) => {
      const networkInterface = interfaceOf(stage);
      const { id } = await stage.run(poolTag(stage));
      networkInterface.ownerId = OTHER_ACCOUNT;
      const attach = ["attachNetworkInterface", attachTo(networkInterface.id, id)] as const;
      assert.equal(await codeOf(stage, ...attach), "UnauthorizedOperation");
      assert.equal((await showInterface(stage, networkInterface.id)).OwnerId, OTHER_ACCOUNT);
      delete networkInterface.ownerId;
      assert.equal(await codeOf(stage, ...attach), undefined);
    }));
});

const operator = { principal: "eks.amazonaws.com" };
const managed = [
  [
    "requester-managed",
    { isRequesterManaged: true },
    /^You are not allowed to manage 'ela-attach'/,
  ],
  ["an operator's", { operator }, /is managed by eks.amazonaws.com/],
] as const;

describe("what a service of AWS manages", () => {
  for (const [what, parts, message] of managed) {
    it(`refuses to be attached, detached and changed (${what})`, () =>
      withRights(async (stage) => {
        const { ec2 } = stage.region;
        const networkInterface = interfaceOf(stage);
        const { id } = networkInterface;
        const instance = await stage.run({});
        Object.assign(networkInterface, parts);
        const refusals = [await stage.call("attachNetworkInterface", attachTo(id, instance.id))];
        const { id: AttachmentId } = ec2.attachNetworkInterface(id, instance.id, 1, 0);
        await stage.region.run(10);
        const Attachment = { AttachmentId, DeleteOnTermination: true };
        const changed = { NetworkInterfaceId: id, Attachment };
        refusals.push(
          await stage.call("detachNetworkInterface", { AttachmentId }),
          await stage.call("modifyNetworkInterfaceAttribute", changed),
        );
        for (const { error } of refusals) {
          assert.equal(error?.name, "OperationNotPermitted");
          assert.match(error.message, message);
        }
        assert.equal(networkInterface.attachment?.status, "attached");
        assert.equal(networkInterface.attachment.deleteOnTermination, false);
      }));
  }

  it("refuses to be deleted while an operator has it; what a requester has left may be", () =>
    withRights(async (stage) => {
      const networkInterface = interfaceOf(stage);
      const input = { NetworkInterfaceId: networkInterface.id };
      const remove = () => codeOf(stage, "deleteNetworkInterface", input);
      networkInterface.operator = operator;
      assert.equal(await remove(), "OperationNotPermitted");
      delete networkInterface.operator;
      networkInterface.isRequesterManaged = true;
      assert.equal((await showInterface(stage, networkInterface.id)).RequesterManaged, true);
      assert.equal(await remove(), undefined);
    }));

  it("refuses interfaces where it is an instance, whose primary one is managed, too", () =>
    withRights(async (stage) => {
      const { ec2 } = stage.region;
      const { id } = ec2.runInstance("t4g.micro", subnet, {}, { operator });
      await stage.region.run(10);
      const attach = attachTo(interfaceOf(stage).id, id);
      assert.equal(await codeOf(stage, "attachNetworkInterface", attach), "OperationNotPermitted");
      assert.deepEqual(ec2.interfacesOf(id)[0]?.operator, operator);
    }));

  for (const isHiddenByDefault of [false, true]) {
    it(`is ${isHiddenByDefault ? "hidden from" : "shown to"} reads that don't ask for it`, () =>
      withRights(async (stage) => {
        const networkInterface = interfaceOf(stage);
        const instance = await stage.run(poolTag(stage));
        for (const resource of [networkInterface, instance]) {
          resource.operator = { ...operator, isHiddenByDefault };
        }
        for (const [action, id] of [
          ["DescribeNetworkInterfaces", networkInterface.id],
          ["DescribeInstances", instance.id],
        ] as const) {
          const body = `Action=${action}&Version=2016-11-15&Filter.1.Name=tag-key&Filter.1.Value.1=${stage.region.tagKey}`;
          const read = async (parameters: string) => {
            const { answer } = await stage.post(`${body}${parameters}`);
            return (answer as { body: string }).body;
          };
          for (const parameters of ["", "&IncludeManagedResources=false"]) {
            assert.equal((await read(parameters)).includes(`Id>${id}<`), !isHiddenByDefault);
          }
          const all = await read("&IncludeManagedResources=true");
          assert.ok(all.includes(`Id>${id}<`));
          const xml = `<managed>true</managed><principal>eks.amazonaws.com</principal><hiddenByDefault>${isHiddenByDefault}</hiddenByDefault>`;
          assert.ok(all.includes(xml));
        }
      }));
  }

  it("is no instance type", () =>
    withRights(async ({ post }) => {
      const body =
        "Action=DescribeInstanceTypes&Version=2016-11-15&Filter.1.Name=instance-type&Filter.1.Value.1=t3.micro&IncludeManagedResources=true";
      await assert.rejects(post(body), {
        message: "the simulator doesn't model parameter IncludeManagedResources",
      });
    }));
});

describe("a network card that takes EFAs alone", () => {
  it("is listed as such, after cards of a higher index", () =>
    withRights(async (stage) => {
      const byType = [{ Name: "instance-type", Values: ["p6e-gb200.36xlarge"] }];
      const { answer } = await stage.call("describeInstanceTypes", byType);
      const [{ NetworkInfo } = { NetworkInfo: undefined }] = answer as {
        NetworkInfo?: { NetworkCards: { NetworkCardIndex: number; InterfaceTypes: string[] }[] };
      }[];
      const cards = NetworkInfo?.NetworkCards.map(
        ({ NetworkCardIndex, InterfaceTypes }) => `${NetworkCardIndex} ${InterfaceTypes.join()}`,
      );
      assert.deepEqual(cards?.slice(8, 10), ["16 interface", "1 efa-only"]);
    }));
});

describe("a branch interface", () => {
  it("is associated, and on no instance", () =>
    withRights(async (stage) => {
      const networkInterface = interfaceOf(stage);
      networkInterface.interfaceType = "branch";
      const shown = await showInterface(stage, networkInterface.id);
      const { InterfaceType, Status, Attachment } = shown;
      assert.deepEqual([InterfaceType, Status, Attachment], ["branch", "associated", undefined]);
    }));
});
