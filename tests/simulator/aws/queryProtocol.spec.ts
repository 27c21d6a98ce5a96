import assert from "node:assert/strict";
import { Query, readPage } from "../../../simulator/aws/queryProtocol";
import { createServices, refusal } from "./services";

const missing = (parameter: string) =>
  refusal("MissingParameter", `The request must contain the parameter ${parameter}`);
const FILTERS = "Filter.1.Name=tag-key&Filter.1.Value.1=a&Filter.1.Value.2=b";
const filters = (query: Query) => query.filters("Filter", "Value", ["tag-key"]);

describe("Query", () => {
  const reads: [words: string, body: string, read: (query: Query) => unknown, value: unknown][] = [
    ["a text, decoded as a form is", "Name=a+b%26c", (query) => query.text("Name"), "a b&c"],
    ["a number", "Count=7", (query) => query.number("Count", 1), 7],
    ["a number that is missing", "", (query) => query.number("Count", 1_000), 1_000],
    ["a text that is missing", "", (query) => query.optional("Name"), undefined],
    ["a list of EC2", "Id.1=a&Id.2=b", (query) => query.texts("Id"), ["a", "b"]],
    [
      "a list of Auto Scaling, which has a member more",
      "Names.member.1=a&Names.member.2=b",
      (query) => query.texts("Names"),
      ["a", "b"],
    ],
    ["a list of texts that is missing", "", (query) => query.texts("Id"), []],
    ["a list of structures that is missing", "", (query) => query.list("Filter"), []],
    [
      "structures with lists in them",
      `${FILTERS}&Filter.2.Name=x&Filter.2.Value.1=c`,
      (query) => query.list("Filter").map((one) => [one.text("Name"), one.texts("Value")]),
      [
        ["tag-key", ["a", "b"]],
        ["x", ["c"]],
      ],
    ],
    ["filters by their names", FILTERS, filters, new Map([["tag-key", ["a", "b"]]])],
    ["no filters", "", filters, new Map()],
  ];
  for (const [words, body, read, value] of reads) {
    it(`reads ${words}`, () => {
      assert.deepEqual(read(Query.parse(body)), value);
    });
  }

  const refused: [words: string, body: string, read: (query: Query) => unknown, error: object][] = [
    ["a text that is missing", "", (query) => query.text("Name"), missing("Name")],
    ["a text that is empty", "Name=", (query) => query.text("Name"), missing("Name")],
    [
      "one within a list, by its whole path",
      "Filter.3.Value.1=a",
      (query) => query.list("Filter")[0]?.text("Name"),
      missing("Filter.3.Name"),
    ],
  ];
  for (const [words, body, read, error] of refused) {
    it(`refuses ${words}`, () => {
      assert.throws(() => read(Query.parse(body)), error);
    });
  }

  const unmodelled: [body: string, read: (query: Query) => unknown, what: string][] = [
    ["Filter=a&Filter.1.Name=b", () => undefined, "parameter Filter.1.Name beside Filter"],
    ["Count.1=2", (query) => query.number("Count", 1), "structure Count where text is expected"],
    ["Id=a", (query) => query.texts("Id"), "text Id where a list is expected"],
    ["Filter.1=a", (query) => query.list("Filter"), "text Filter.1 where a structure is expected"],
    ["Id.1.Name=a", (query) => query.texts("Id"), "structure Id.1 where text is expected"],
    [`${FILTERS}&Filter.2.Name=status`, filters, "filter status"],
    [`${FILTERS}&Filter.1.Operator=not`, filters, "parameter Filter.1.Operator"],
    [
      "DryRun=true",
      (query) => {
        query.end();
      },
      "parameter DryRun",
    ],
    [
      "InstanceId.1=i-1",
      (query) => {
        query.end();
      },
      "parameter InstanceId",
    ],
  ];
  for (const [body, read, what] of unmodelled) {
    it(`doesn't model ${what}`, () => {
      const message = `the simulator doesn't model ${what}`;
      assert.throws(() => read(Query.parse(body)), { message });
    });
  }

  it("takes a request that was read to its end", () => {
    const query = Query.parse(`Action=x&Count=1&Id.1=a&${FILTERS}`);
    query.text("Action");
    query.number("Count", 0);
    query.texts("Id");
    filters(query);
    assert.doesNotThrow(() => {
      query.end();
    });
  });
});

describe("readPage", () => {
  const items = ["a", "b", "c", "d", "e"];
  const pageOf = (pageSize: number, token?: string) =>
    readPage(createServices().faults, items, pageSize, token);

  it("gives a list in pages, each with the token of the next", () => {
    const first = pageOf(2);
    assert.deepEqual(first.page, ["a", "b"]);
    const second = pageOf(2, first.nextToken);
    assert.deepEqual(second.page, ["c", "d"]);
    const third = pageOf(2, second.nextToken);
    assert.deepEqual(third, { page: ["e"], nextToken: undefined });
  });

  it("gives no token with a last page that is full", () => {
    assert.deepEqual(pageOf(5), { page: items, nextToken: undefined });
  });
});
