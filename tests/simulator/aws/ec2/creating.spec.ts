import assert from "node:assert/strict";
import { rightsOf } from "../../../../components/networkInterfaceManager/rights";
import { MADE_FOR_TAG_KEY } from "../../../../handler/names";
import type { Tags } from "../../../../simulator/aws/ec2/state";
import { attachTo, type CallOptions, type CallStage, withCalls } from "../calls";
import { withPolicy } from "../policyDocuments";
import { subnet } from "../services";
import { striking } from "../../striking";

const TAG_KEY = "network-interface-manager-pool";
const otherSubnet = { ...subnet, id: "subnet-other" };

/** The rights of a manager of one pool on demand and one of fixed interfaces. */
const rights = rightsOf({
  tagKey: TAG_KEY,
  pools: ["second", "licence"],
  queueArn: "arn:aws:sqs:eu-west-1:123456789012:events.fifo",
  logGroupArn: "arn:aws:logs:eu-west-1:123456789012:log-group:manager",
  onDemand: {
    pools: ["second"],
    madeOf: [`subnet/${subnet.id}`, "security-group/sg-made"].map(
      (resource) => `arn:aws:ec2:eu-west-1:123456789012:${resource}`,
    ),
  },
});

function withMaking(
  test: (stage: CallStage) => Promise<void>,
  options: CallOptions = {},
): Promise<void> {
  return withCalls(test, {
    ...options,
    change: (deployment) => ({
      ...withPolicy(deployment, rights),
      subnets: [
        ...deployment.subnets,
        ...[subnet, otherSubnet].map((one) => ({ ...one, cidrBlock: "10.1.0.0/24" })),
      ],
    }),
  });
}

const wanted = (parts: object = {}) => ({
  subnetId: subnet.id,
  securityGroupIds: ["sg-made"],
  pool: "second",
  instanceId: "i-1",
  token: "i-1/of/second",
  ...parts,
});

/** The interfaces that were made. */
const madeOf = ({ region }: CallStage) =>
  [...region.ec2.interfaces.values()].filter(({ tags }) => MADE_FOR_TAG_KEY in tags);

async function make(stage: CallStage, parts: object = {}) {
  const { answer, error } = await stage.call("createNetworkInterface", wanted(parts));
  if (error !== undefined) return error.name;
  return (answer as { NetworkInterfaceId: string }).NetworkInterfaceId;
}

const codeOf = async (stage: CallStage, ...call: Parameters<CallStage["call"]>) =>
  (await stage.call(...call)).error?.name;

/** An interface that was made for an instance, attached to it. */
async function attachMade(stage: CallStage, tags = { [TAG_KEY]: "second" }) {
  const instance = await stage.run(tags);
  const id = await make(stage);
  await stage.region.run(1);
  const attachment = stage.region.ec2.attachNetworkInterface(id, instance.id, 1, 0);
  await stage.region.run(2);
  const input = {
    NetworkInterfaceId: id,
    Attachment: { AttachmentId: attachment.id, DeleteOnTermination: true },
  };
  return { instance, id, input };
}

for (const clients of ["bundle", "inProcess"] as const) {
  describe(`interfaces made by the clients of the ${clients}`, () => {
    const withThem = (test: (stage: CallStage) => Promise<void>) => withMaking(test, { clients });

    it("have the tags of their pool and instance, and can be attached a moment later", () =>
      withThem(async (stage) => {
        const { id } = await stage.run({ [TAG_KEY]: "second" });
        const madeId = await make(stage);
        const [made] = madeOf(stage);
        const tags = { Name: "second", [TAG_KEY]: "second", [MADE_FOR_TAG_KEY]: "i-1" };
        assert.deepEqual([made?.id, made?.tags, made?.subnet.id], [madeId, tags, subnet.id]);
        const attach = ["attachNetworkInterface", attachTo(madeId, id)] as const;
        assert.equal(await codeOf(stage, ...attach), "IncorrectState");
        await stage.region.run(0.3);
        assert.equal(await codeOf(stage, ...attach), undefined);
      }));

    it("are one by one token, and refused by it for something else", () =>
      withThem(async (stage) => {
        const madeId = await make(stage);
        assert.equal(await make(stage), madeId);
        assert.equal(await make(stage, { instanceId: "i-2" }), "IdempotentParameterMismatch");
        assert.notEqual(await make(stage, { token: "other" }), madeId);
        assert.equal(madeOf(stage).length, 2);
      }));

    it("are one though the first answer was lost", () =>
      withThem(async (stage) => {
        const { faults } = stage.region;
        let isFirst = true;
        faults.strikes = (fault) => {
          const strikes = fault === "answerLost" && isFirst;
          if (strikes) isFirst = false;
          return strikes;
        };
        const madeId = await make(stage);
        assert.deepEqual(
          madeOf(stage).map(({ id }) => id),
          [madeId],
        );
      }));

    it("end with their instance once that is asked for, and not before", () =>
      withThem(async (stage) => {
        const { instance, id, input } = await attachMade(stage);
        const { attachment } = stage.region.ec2.interfaceById(id);
        assert.equal(attachment?.deleteOnTermination, false);
        assert.equal(await codeOf(stage, "modifyNetworkInterfaceAttribute", input), undefined);
        assert.equal(attachment.deleteOnTermination, true);
        stage.region.ec2.terminateInstance(instance.id);
        await stage.region.run(25);
        assert.deepEqual(madeOf(stage), []);
      }));

    it("are deleted when they are on no instance", () =>
      withThem(async (stage) => {
        const { id, input } = await attachMade(stage);
        const { AttachmentId } = input.Attachment;
        const remove = ["deleteNetworkInterface", { NetworkInterfaceId: id }] as const;
        assert.equal(await codeOf(stage, ...remove), "InvalidParameterValue");
        await stage.call("detachNetworkInterface", { AttachmentId });
        await stage.region.run(5);
        assert.equal(await codeOf(stage, ...remove), undefined);
        assert.deepEqual(madeOf(stage), []);
        assert.equal(await codeOf(stage, ...remove), "InvalidNetworkInterfaceID.NotFound");
      }));
  });
}

describe("the rights of a manager with a pool on demand", () => {
  const denied = "UnauthorizedOperation";

  for (const [what, parts] of [
    ["another subnet", { subnetId: otherSubnet.id }],
    ["another security group", { securityGroupIds: ["sg-made", "sg-other"] }],
    ["the tag of a pool of fixed interfaces", { pool: "licence" }],
  ] as const) {
    it(`make no interface with ${what}`, () =>
      withMaking(async (stage) => {
        assert.equal(await make(stage, parts), denied);
        assert.deepEqual(madeOf(stage), []);
      }));
  }

  it("delete no interface that wasn't made on demand", () =>
    withMaking(async (stage) => {
      const others: Tags[] = [{ [TAG_KEY]: "second" }, { [MADE_FOR_TAG_KEY]: "i-1" }, {}];
      for (const tags of others) {
        const id = `eni-${Object.keys(tags).join("-")}`;
        const own = { id, subnet, address: id, macAddress: "", tags };
        stage.region.ec2.createNetworkInterface(own);
        const input = { NetworkInterfaceId: id };
        assert.equal(await codeOf(stage, "deleteNetworkInterface", input), denied);
      }
    }));

  it("let no interface of fixed pools end with its instance", () =>
    withMaking(async (stage) => {
      const { id, input } = await attachMade(stage);
      const made = stage.region.ec2.interfaceById(id);
      stage.region.ec2.setTags(made, { [TAG_KEY]: "licence" });
      assert.equal(await codeOf(stage, "modifyNetworkInterfaceAttribute", input), denied);
    }));

  it("let none end with an instance without the tag", () =>
    withMaking(async (stage) => {
      const { instance, input } = await attachMade(stage);
      stage.region.ec2.setTags(instance, {});
      assert.equal(await codeOf(stage, "modifyNetworkInterfaceAttribute", input), denied);
    }));
});

describe("EC2, making interfaces,", () => {
  it("refuses where the subnet is full", () =>
    withMaking(
      async (stage) => {
        assert.equal(await make(stage), "InsufficientFreeAddressesInSubnet");
      },
      { faults: striking("subnetFull") },
    ));

  for (const tokenOutlivesInterface of [true, false]) {
    const outcome = tokenOutlivesInterface ? "the deleted interface" : "a new interface";
    it(`may give by the token of a deleted interface ${outcome}`, () =>
      withMaking(async (stage) => {
        const { faults, ec2 } = stage.region;
        faults.undocumented = { ...faults.undocumented, tokenOutlivesInterface };
        const madeId = await make(stage);
        ec2.deleteNetworkInterface(madeId);
        assert.equal((await make(stage)) === madeId, tokenOutlivesInterface);
        assert.equal(madeOf(stage).length, tokenOutlivesInterface ? 0 : 1);
      }));
  }

  it("refuses what names an attachment that is over", () =>
    withMaking(async (stage) => {
      const { input } = await attachMade(stage);
      const Attachment = { ...input.Attachment, AttachmentId: "eni-attach-99" };
      assert.equal(
        await codeOf(stage, "modifyNetworkInterfaceAttribute", { ...input, Attachment }),
        "InvalidAttachmentID.NotFound",
      );
    }));
});
