import assert from "node:assert/strict";
import { WireServer } from "../../bench/wireServer";
import { groupXml, instanceXml, interfaceXml } from "../../bench/wireAnswers";

const named = { tagKey: "pool-tag", pool: "fleet" };

const isAbout = (bytes: number, wanted: number) => Math.abs(bytes / wanted - 1) < 0.15;

describe("what AWS answers in the bench", () => {
  it("has the size of AWS's own answers: 6 kB an instance, 1.8 an interface, 0.5 a member", () => {
    assert.ok(isAbout(instanceXml(7, named).length, 6_000));
    assert.ok(isAbout(interfaceXml(7, named).length, 1_800));
    const [many, few] = [groupXml(0, 101, named), groupXml(0, 1, named)];
    assert.ok(isAbout((many.length - few.length) / 100, 500));
  });

  it("ties every instance to the interface of the pool that it holds", () => {
    const [, interfaceId = ""] =
      /<networkInterfaceId>(eni-\w+)<.*<deviceIndex>1</.exec(interfaceXml(300, named)) ?? [];
    const [, holder = ""] = /<instanceId>(i-\w+)</.exec(interfaceXml(300, named)) ?? [];
    const instance = instanceXml(300, named);
    assert.ok(instance.includes(`<networkInterfaceId>${interfaceId}<`));
    assert.ok(instance.includes(`<instanceId>${holder}<`));
    assert.ok(groupXml(300, 301, named).includes(`<InstanceId>${holder}<`));
  });
});

describe("WireServer", () => {
  let server: WireServer;
  let endpoint: string;
  before(async () => {
    server = new WireServer(5, named);
    endpoint = await server.listen();
  });
  after(() => {
    server.close();
  });

  const ask = async (parameters: Record<string, string>) => {
    const body = new URLSearchParams(parameters);
    return (await fetch(endpoint, { method: "POST", body })).text();
  };
  const idsIn = (xml: string) => [...xml.matchAll(/<instanceId>(i-\w+)</g)].map(([, id]) => id);

  it("answers in pages", async () => {
    const page = { Action: "DescribeInstances", MaxResults: "3" };
    const first = await ask(page);
    const [, token = ""] = /<nextToken>(\w+)</.exec(first) ?? [];
    const second = await ask({ ...page, NextToken: token });
    assert.doesNotMatch(second, /nextToken/);
    assert.deepEqual([idsIn(first).length, idsIn(second).length], [3, 2]);
    assert.equal(new Set([...idsIn(first), ...idsIn(second)]).size, 5);
  });

  it("answers for the ids that are asked for alone", async () => {
    const [, second = ""] = idsIn(await ask({ Action: "DescribeInstances" }));
    const named = { "Filter.1.Name": "instance-id", "Filter.1.Value.1": second };
    assert.deepEqual(idsIn(await ask({ Action: "DescribeInstances", ...named })), [second]);
  });

  it("counts the bytes of its answers", async () => {
    const before = server.answeredBytes;
    const answer = await ask({ Action: "DescribeAutoScalingGroups" });
    assert.equal(server.answeredBytes - before, Buffer.byteLength(answer));
  });
});
