import assert from "node:assert/strict";
import { addWaitingGroup, attachTo, interfaceOf, poolTag, withCalls } from "./calls";

const notAuthorised = {
  name: "UnauthorizedOperation",
  message: "You are not authorized to perform this operation.",
  status: 403,
};
const accessDenied = {
  name: "AccessDenied",
  message: "User is not authorized to perform this action.",
  status: 403,
};

describe("the role's rights on AttachNetworkInterface", () => {
  it("allow an interface and an instance of the manager's pools", () =>
    withCalls(async (stage) => {
      const { id } = await stage.run(poolTag(stage));
      const networkInterface = interfaceOf(stage);
      const outcome = await stage.call("attachNetworkInterface", attachTo(networkInterface.id, id));
      assert.deepEqual(outcome, { answer: undefined });
      assert.equal(networkInterface.attachment?.instanceId, id);
    }));

  it("deny an instance without the pool tag", () =>
    withCalls(async (stage) => {
      const { id } = await stage.run({ Name: "licence" });
      const networkInterface = interfaceOf(stage);
      const outcome = await stage.call("attachNetworkInterface", attachTo(networkInterface.id, id));
      assert.deepEqual(outcome, { error: notAuthorised });
      assert.equal(networkInterface.attachment, undefined);
    }));

  it("deny an instance of a pool that is not the manager's", () =>
    withCalls(async (stage) => {
      const { id } = await stage.run(poolTag(stage, "other"));
      const outcome = await stage.call(
        "attachNetworkInterface",
        attachTo(interfaceOf(stage).id, id),
      );
      assert.deepEqual(outcome, { error: notAuthorised });
    }));

  for (const [name, pool] of [
    ["without the pool tag", undefined],
    ["of a pool that is not the manager's", "other"],
  ] as const) {
    it(`deny an interface ${name}`, () =>
      withCalls(async (stage) => {
        const { id } = await stage.run(poolTag(stage));
        const { region } = stage;
        const tags = pool === undefined ? {} : poolTag(stage, pool);
        const own = interfaceOf(stage);
        region.ec2.createNetworkInterface({ ...own, id: "eni-1", address: "10.0.0.99", tags });
        const outcome = await stage.call("attachNetworkInterface", attachTo("eni-1", id));
        assert.deepEqual(outcome, { error: notAuthorised });
        assert.equal(region.ec2.interfaceById("eni-1").attachment, undefined);
      }));
  }

  it("are asked before EC2's own rules, but after the ids", () =>
    withCalls(async (stage) => {
      const { id } = await stage.run({});
      const networkInterface = interfaceOf(stage);
      assert.deepEqual(
        await stage.call("attachNetworkInterface", attachTo(networkInterface.id, id, 0)),
        { error: notAuthorised },
      );
      assert.deepEqual(await stage.call("attachNetworkInterface", attachTo("eni-1", id)), {
        error: {
          name: "InvalidNetworkInterfaceID.NotFound",
          message: "The networkInterface ID 'eni-1' does not exist",
          status: 400,
        },
      });
    }));
});

describe("the role's rights on DetachNetworkInterface", () => {
  it("allow an attachment between an interface and an instance of the manager's pools", () =>
    withCalls(async (stage) => {
      const { id } = await stage.run(poolTag(stage));
      const networkInterface = interfaceOf(stage);
      const attachment = stage.region.ec2.attachNetworkInterface(networkInterface.id, id, 1, 0);
      await stage.region.run(5);
      const outcome = await stage.call("detachNetworkInterface", { AttachmentId: attachment.id });
      assert.deepEqual(outcome, { answer: undefined });
      assert.equal(attachment.status, "detaching");
    }));

  it("deny an attachment to an instance without the pool tag", () =>
    withCalls(async (stage) => {
      const { id } = await stage.run({});
      const networkInterface = interfaceOf(stage);
      const attachment = stage.region.ec2.attachNetworkInterface(networkInterface.id, id, 1, 0);
      await stage.region.run(5);
      const outcome = await stage.call("detachNetworkInterface", { AttachmentId: attachment.id });
      assert.deepEqual(outcome, { error: notAuthorised });
      assert.equal(attachment.status, "attached");
    }));

  it("deny an attachment of an interface without the pool tag", () =>
    withCalls(async (stage) => {
      const { id } = await stage.run(poolTag(stage));
      const networkInterface = interfaceOf(stage);
      networkInterface.tags = {};
      const attachment = stage.region.ec2.attachNetworkInterface(networkInterface.id, id, 1, 0);
      await stage.region.run(5);
      const outcome = await stage.call("detachNetworkInterface", { AttachmentId: attachment.id });
      assert.deepEqual(outcome, { error: notAuthorised });
    }));

  it("deny an attachment that is gone, since nothing has its tags any more", () =>
    withCalls(async ({ call }) => {
      const outcome = await call("detachNetworkInterface", { AttachmentId: "eni-attach-99" });
      assert.deepEqual(outcome, { error: notAuthorised });
    }));

  it("or are not asked of one, where EC2 sees first that it is gone", () =>
    withCalls(async ({ call, region }) => {
      region.faults.undocumented = { ...region.faults.undocumented, refusesWhatIsOff: false };
      const outcome = await call("detachNetworkInterface", { AttachmentId: "eni-attach-99" });
      assert.deepEqual(outcome, {
        error: {
          name: "InvalidAttachmentID.NotFound",
          message: "The attachment ID 'eni-attach-99' does not exist",
          status: 400,
        },
      });
    }));
});

describe("the role's rights on lifecycle actions", () => {
  const complete = { LifecycleActionResult: "CONTINUE" };

  it("allow a group of the manager's pools", () =>
    withCalls(async (stage) => {
      const { member, action } = await addWaitingGroup(stage, poolTag(stage));
      assert.deepEqual(await stage.call("recordLifecycleActionHeartbeat", action), {
        answer: undefined,
      });
      const outcome = await stage.call("completeLifecycleAction", { ...action, ...complete });
      assert.deepEqual(outcome, { answer: undefined });
      assert.equal(member.lifecycleState, "Pending:Proceed");
    }));

  for (const [name, pool] of [
    ["without the pool tag", undefined],
    ["of a pool that is not the manager's", "other"],
  ] as const) {
    it(`deny a group ${name}`, () =>
      withCalls(async (stage) => {
        const tags = pool === undefined ? {} : poolTag(stage, pool);
        const { member, action } = await addWaitingGroup(stage, tags);
        for (const outcome of [
          await stage.call("recordLifecycleActionHeartbeat", action),
          await stage.call("completeLifecycleAction", { ...action, ...complete }),
        ]) {
          assert.deepEqual(outcome, { error: accessDenied });
        }
        assert.equal(member.lifecycleState, "Pending:Wait");
      }));
  }
});
