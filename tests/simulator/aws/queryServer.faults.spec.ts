import assert from "node:assert/strict";
import type { Fault } from "../../../simulator/faults";
import { attachTo, type CallStage, interfaceOf, type Outcome, poolTag, withCalls } from "./calls";
import { subnet } from "./services";
import { striking } from "../striking";

/** The calls that AWS took up, each with its code if it was refused. */
const callsOf = ({ region }: CallStage): string[] =>
  region.journal.entries
    .filter(({ source }) => source === "call")
    .map(({ facts }) => [facts?.action, facts?.code].filter(Boolean).join(": "));

const ATTACH = "AttachNetworkInterface";
const times = <Item>(count: number, item: Item) => Array.from({ length: count }, () => item);

/** Asks once, by the function, for an attachment; what AWS made of it, and what the function heard. */
async function attachOnce(stage: CallStage) {
  const networkInterface = interfaceOf(stage);
  const { id } = await stage.run(poolTag(stage));
  const outcome = await stage.call("attachNetworkInterface", attachTo(networkInterface.id, id));
  return { networkInterface, id, outcome };
}

const errorOf = ({ error }: Outcome) => error && `${error.name}: ${error.message}`;

/** A call whose body is known, of the function or of somebody else; gives code or status, if any comes. */
async function post({ region }: CallStage, isForeign: boolean, query: string, seconds = 10) {
  const heard: string[] = [];
  region.wire.receive(query, isForeign, ({ status, refusal }) => {
    heard.push(`${status} ${refusal?.code ?? "done"}`);
  });
  await region.run(seconds);
  return heard;
}

const attachBody = (networkInterfaceId: string, instanceId: string) =>
  `Action=${ATTACH}&Version=2016-11-15&NetworkInterfaceId=${networkInterfaceId}` +
  `&InstanceId=${instanceId}&DeviceIndex=1`;

const readBody =
  "Action=DescribeInstances&Version=2016-11-15&Filter.1.Name=tag-key&Filter.1.Value.1=x";

const groupsBody =
  "Action=DescribeAutoScalingGroups&Version=2011-01-01" +
  "&Filters.member.1.Name=tag-key&Filters.member.1.Values.member.1=x";

interface Harm {
  fault: Fault;
  /** How the choice falls that the fault leaves. */
  coin?: boolean;
  /** What the function hears when it asks for an attachment. */
  heard: RegExp;
  /** What AWS made of its tries. */
  calls: string[];
  isDone: boolean;
  /** What it hears when it asks for groups, in how many tries. */
  ofGroups?: [error: string, tries: number];
}

const IN_USE = [ATTACH, ...times(4, `${ATTACH}: InvalidNetworkInterface.InUse`)];
const BROKEN = "An internal error has occurred";
const OVERLOADED = "The server is overloaded and can't handle the request.";
const DENIED = "You are not authorized to perform this operation.";

const NO_GROUPS =
  "IncompleteAnswer: the answer to DescribeAutoScalingGroups has no AutoScalingGroups";

const harms: Record<string, Harm> = {
  "AWS's own error where a call fails, and nothing is done": {
    fault: "callFails",
    coin: true,
    heard: new RegExp(`^InternalError: ${BROKEN}$`),
    calls: times(5, `${ATTACH}: InternalError`),
    isDone: false,
    ofGroups: [`InternalFailure: ${BROKEN}`, 5],
  },
  "AWS's own error where it is overloaded, and nothing is done": {
    fault: "callFails",
    coin: false,
    heard: new RegExp(`^Unavailable: ${OVERLOADED}$`),
    calls: times(5, `${ATTACH}: Unavailable`),
    isDone: false,
    ofGroups: [`ServiceUnavailable: ${OVERLOADED}`, 5],
  },
  "that its second try finds done what AWS said had failed": {
    fault: "callLies",
    coin: true,
    heard: new RegExp(`^InternalError: ${BROKEN}$`),
    calls: IN_USE,
    isDone: true,
  },
  "a time-out where the answer is lost of what was done": {
    fault: "answerLost",
    heard: /^TimeoutError: /,
    calls: IN_USE,
    isDone: true,
  },
  "the word of each service for too many calls, and nothing is done": {
    fault: "throttled",
    heard: /^RequestLimitExceeded: Request limit exceeded\.$/,
    calls: times(5, `${ATTACH}: RequestLimitExceeded`),
    isDone: false,
    ofGroups: ["Throttling: Rate exceeded", 5],
  },
  "a refusal, at once, where the role has lost its rights": {
    fault: "rightsTaken",
    heard: new RegExp(`^UnauthorizedOperation: ${DENIED}$`),
    calls: [`${ATTACH}: UnauthorizedOperation`],
    isDone: false,
    ofGroups: ["AccessDenied: User is not authorized to perform this action.", 1],
  },
  "that an answer which is a web page lacks what was asked for, after one try": {
    fault: "answerIsNoXml",
    coin: true,
    heard: /^IncompleteAnswer: the answer to AttachNetworkInterface has no AttachmentId$/,
    calls: [ATTACH],
    isDone: true,
    ofGroups: [NO_GROUPS, 1],
  },
  "that an answer which is empty lacks what was asked for, after one try": {
    fault: "answerIsNoXml",
    coin: false,
    heard: /^IncompleteAnswer: the answer to AttachNetworkInterface has no AttachmentId$/,
    calls: [ATTACH],
    isDone: true,
    ofGroups: [NO_GROUPS, 1],
  },
  "that its second try finds done what was done, where the answer's body stalls": {
    fault: "bodyStalls",
    heard: /^InvalidNetworkInterface.InUse: /,
    calls: [ATTACH, `${ATTACH}: InvalidNetworkInterface.InUse`],
    isDone: true,
  },
  "the SDK's own error, after one try, where the answer ends in the middle": {
    fault: "answerCutOff",
    heard: /^Error: @aws-sdk XML parse error: /,
    calls: [ATTACH],
    isDone: true,
  },
};

for (const clients of ["bundle", "inProcess"] as const) {
  describe(`what the function sees of a fault, by the clients of the ${clients}`, () => {
    for (const [words, { fault, coin, heard, calls, isDone, ofGroups }] of Object.entries(harms)) {
      it(`is ${words}`, () =>
        withCalls(
          async (stage) => {
            if (coin !== undefined) stage.region.faults.coin = () => coin;
            const { networkInterface, id, outcome } = await attachOnce(stage);
            assert.match(errorOf(outcome) ?? "", heard);
            assert.equal(networkInterface.attachment?.instanceId, isDone ? id : undefined);
            assert.deepEqual(callsOf(stage), calls);
            if (ofGroups === undefined) return;
            const byKey = [{ Name: "tag-key", Values: [stage.region.tagKey] }];
            const groups = await stage.call("describeAutoScalingGroups", { Filters: byKey });
            const [error, tries] = ofGroups;
            assert.equal(errorOf(groups), error);
            assert.equal(callsOf(stage).length, calls.length + tries);
          },
          { clients, faults: striking(fault) },
        ));
    }

    it("is a time-out where AWS does it only when nobody waits for it any more", () =>
      withCalls(
        async (stage) => {
          const { outcome, networkInterface, id } = await attachOnce(stage);
          assert.equal(outcome.error?.name, "TimeoutError");
          await stage.region.run(90);
          assert.equal(networkInterface.attachment?.instanceId, id);
          assert.equal(callsOf(stage).filter((call) => call === ATTACH).length, 1);
          assert.equal(callsOf(stage).length, 5);
        },
        { clients, faults: striking("callLate") },
      ));

    it("is an answer that comes when its process no longer stands still", () =>
      withCalls(
        async (stage) => {
          const { id } = await stage.run(poolTag(stage));
          stage.region.faults.delayMs = (fault) => (fault === "functionFrozen" ? 4_000 : 0);
          const fromSeconds = stage.region.seconds;
          const input = attachTo(interfaceOf(stage).id, id);
          assert.equal(errorOf(await stage.call("attachNetworkInterface", input)), undefined);
          assert.ok(stage.region.seconds >= fromSeconds + 4);
          assert.deepEqual(callsOf(stage), [ATTACH]);
        },
        { clients },
      ));

    it("is a time-out after five tries of five seconds, where the bodies of a read stall", () =>
      withCalls(
        async (stage) => {
          const fromSeconds = stage.region.seconds;
          const byKey = [{ Name: "tag-key", Values: [stage.region.tagKey] }];
          const { error } = await stage.call("describeInstances", byKey);
          assert.equal(error?.name, "TimeoutError");
          assert.deepEqual(callsOf(stage), times(5, "DescribeInstances"));
          assert.equal(Math.floor((stage.region.seconds - fromSeconds) / 5), 5);
        },
        { clients, faults: striking("bodyStalls") },
      ));

    for (const [side, isBefore] of [
      ["before", true],
      ["after", false],
    ] as const) {
      it(`is nothing where its process ends ${side} the call is done`, () =>
        withCalls(
          async (stage) => {
            stage.region.faults.coin = () => isBefore;
            await assert.rejects(
              attachOnce(stage),
              /^Error: no outcome of attachNetworkInterface$/,
            );
            assert.deepEqual(stage.region.lambda?.errors, ["Runtime exited"]);
            assert.deepEqual(callsOf(stage), isBefore ? [] : [ATTACH]);
            const { attachment } = interfaceOf(stage);
            assert.equal(attachment === undefined, isBefore);
          },
          { clients, faults: striking("functionKilled") },
        ));
    }
  });
}

describe("a call that AWS carries out late", () => {
  it("is done 20 to 90 s after it was sent, and not answered", () =>
    withCalls(
      async (stage) => {
        const { id } = await stage.run(poolTag(stage));
        const networkInterface = interfaceOf(stage);
        const fromMs = stage.region.clock.nowMs;
        assert.deepEqual(await post(stage, false, attachBody(networkInterface.id, id), 20), []);
        assert.equal(networkInterface.attachment, undefined);
        await stage.region.run(71);
        const { attachTimeMs = 0 } = interfaceOf(stage).attachment ?? {};
        assert.ok(attachTimeMs >= fromMs + 20_200 && attachTimeMs <= fromMs + 90_200);
      },
      { faults: striking("callLate") },
    ));

  it("is never one that only reads", () =>
    withCalls(
      async (stage) => {
        assert.deepEqual(await post(stage, false, readBody), ["200 done"]);
      },
      { faults: striking("callLate") },
    ));
});

describe("EC2's buckets", () => {
  /** Makes calls that all arrive in one moment; what each is told, in order. */
  const burst = async ({ region }: CallStage, body: string, count: number, isForeign = false) => {
    const codes: string[] = [];
    for (let call = 0; call < count; call += 1) {
      region.wire.receive(body, isForeign, ({ refusal }) => codes.push(refusal?.code ?? "done"));
    }
    await region.run(0.2);
    return codes;
  };
  const body = attachBody("eni-0", "i-0");
  const refused = "InvalidNetworkInterfaceID.NotFound";

  it("hold 50 calls that change something, done or refused; the next has to wait", () =>
    withCalls(async (stage) => {
      const told = [...times(50, refused), ...times(2, "RequestLimitExceeded")];
      assert.deepEqual(await burst(stage, body, 52), told);
      await stage.region.run(0.8);
      const next = [...times(5, refused), "RequestLimitExceeded"];
      assert.deepEqual(await burst(stage, body, 6), next);
    }));

  it("hold 100 calls that read, besides those", () =>
    withCalls(async (stage) => {
      await burst(stage, body, 50);
      const told = [...times(100, "done"), "RequestLimitExceeded"];
      assert.deepEqual(await burst(stage, readBody, 101), told);
    }));

  it("hold 100 calls besides those for each action that makes, changes or deletes an interface", () =>
    withCalls(async (stage) => {
      await burst(stage, body, 50);
      const deletion = "Action=DeleteNetworkInterface&Version=2016-11-15&NetworkInterfaceId=eni-0";
      const change =
        "Action=ModifyNetworkInterfaceAttribute&Version=2016-11-15&NetworkInterfaceId=eni-0" +
        "&Attachment.AttachmentId=eni-attach-0&Attachment.DeleteOnTermination=true";
      for (const own of [deletion, change]) {
        const told = [...times(100, refused), "RequestLimitExceeded"];
        assert.deepEqual(await burst(stage, own, 101), told);
      }
    }));

  it("hold none of Auto Scaling's calls", () =>
    withCalls(async (stage) => {
      assert.deepEqual(await burst(stage, groupsBody, 150), times(150, "done"));
    }));

  it("are the function's alone", () =>
    withCalls(async (stage) => {
      assert.deepEqual(await burst(stage, body, 60, true), times(60, refused));
      assert.deepEqual(await burst(stage, body, 50), times(50, refused));
    }));
});

describe("what goes over the wire", () => {
  const sent: [fault: Fault, isHeads: boolean, body: string][] = [
    ["answerIsNoXml", true, "<!DOCTYPE html><html><body>Please come back later</body></html>"],
    ["answerIsNoXml", false, ""],
    ["answerCutOff", true, "<DescribeInstancesResponse><requestId>simulated</requestId><"],
  ];
  for (const [fault, isHeads, body] of sent) {
    it(`is, with status 200, "${body.slice(0, 15)}" under ${fault}`, () =>
      withCalls(
        async (stage) => {
          stage.region.faults.coin = () => isHeads;
          assert.deepEqual((await stage.post(readBody)).answer, { status: 200, body });
        },
        { faults: striking(fault) },
      ));
  }

  it("is a refusal as a whole, whatever comes to harm", () =>
    withCalls(
      async (stage) => {
        const { error } = await stage.call("attachNetworkInterface", attachTo("eni-0", "i-0"));
        assert.equal(error?.name, "InvalidNetworkInterfaceID.NotFound");
      },
      { faults: striking("bodyStalls", "answerIsNoXml", "answerCutOff") },
    ));
});

describe("calls from outside of the function", () => {
  it("are spared every fault", () =>
    withCalls(
      async (stage) => {
        const instance = stage.region.ec2.runInstance("t4g.micro", subnet, poolTag(stage));
        await stage.region.run(10);
        const body = attachBody(interfaceOf(stage).id, instance.id);
        assert.deepEqual(await post(stage, true, body, 1), ["200 done"]);
        assert.equal(interfaceOf(stage).attachment?.status, "attaching");
      },
      {
        faults: striking(
          ...(["callFails", "callLies", "answerLost", "callLate", "throttled"] as const),
          ...(["functionKilled", "rightsTaken", "bodyStalls", "answerIsNoXml"] as const),
        ),
      },
    ));
});
