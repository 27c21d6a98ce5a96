import assert from "node:assert/strict";
import { pageOf, Query } from "../../../simulator/aws/queryProtocol";
import { refusal } from "./services";

const notModelled = (what: string) => ({ message: `the simulator doesn't model ${what}` });

describe("Query.parse", () => {
  it("reads texts and numbers, decoded as a form is", () => {
    const query = Query.parse("Name=a+b%26c&Count=7");
    assert.equal(query.text("Name"), "a b&c");
    assert.equal(query.number("Count", 1), 7);
  });

  it("reads the lists of EC2", () => {
    const query = Query.parse("Id.1=a&Id.2=b");
    assert.deepEqual(query.texts("Id"), ["a", "b"]);
  });

  it("reads the lists of Auto Scaling, which have a member more", () => {
    const query = Query.parse("Names.member.1=a&Names.member.2=b");
    assert.deepEqual(query.texts("Names"), ["a", "b"]);
  });

  it("reads lists of structures with lists in them", () => {
    const query = Query.parse(
      "Filter.1.Name=tag-key&Filter.1.Value.1=a&Filter.1.Value.2=b&Filter.2.Name=x&Filter.2.Value.1=c",
    );
    const filters = query.list("Filter");
    assert.deepEqual(
      filters.map((filter) => [filter.text("Name"), filter.texts("Value")]),
      [
        ["tag-key", ["a", "b"]],
        ["x", ["c"]],
      ],
    );
  });

  it("refuses a parameter that is text and structure in one", () => {
    assert.throws(
      () => Query.parse("Filter=a&Filter.1.Name=b"),
      notModelled("parameter Filter.1.Name beside Filter"),
    );
  });
});

describe("Query.text", () => {
  it("refuses a parameter that is missing or empty", () => {
    const missing = refusal("MissingParameter", "The request must contain the parameter Name");
    assert.throws(() => Query.parse("").text("Name"), missing);
    assert.throws(() => Query.parse("Name=").text("Name"), missing);
  });

  it("names a parameter within a list by its whole path", () => {
    const [filter] = Query.parse("Filter.3.Value.1=a").list("Filter");
    assert.throws(
      () => filter?.text("Name"),
      refusal("MissingParameter", "The request must contain the parameter Filter.3.Name"),
    );
  });
});

describe("Query.optional and Query.number", () => {
  it("give what stands for a parameter that is missing", () => {
    const query = Query.parse("");
    assert.equal(query.optional("Name"), undefined);
    assert.equal(query.number("Count", 1000), 1000);
  });

  it("refuse a structure", () => {
    assert.throws(
      () => Query.parse("Count.1=2").number("Count", 1),
      notModelled("structure Count where text is expected"),
    );
  });
});

describe("Query.list and Query.texts", () => {
  it("give an empty list for a parameter that is missing", () => {
    assert.deepEqual(Query.parse("").list("Filter"), []);
    assert.deepEqual(Query.parse("").texts("Id"), []);
  });

  it("refuse text in the place of a list, or in the place of a structure", () => {
    assert.throws(
      () => Query.parse("Id=a").texts("Id"),
      notModelled("text Id where a list is expected"),
    );
    assert.throws(
      () => Query.parse("Filter.1=a").list("Filter"),
      notModelled("text Filter.1 where a structure is expected"),
    );
  });

  it("refuse a structure in the place of text", () => {
    assert.throws(
      () => Query.parse("Id.1.Name=a").texts("Id"),
      notModelled("structure Id.1 where text is expected"),
    );
  });
});

describe("Query.filters", () => {
  const read = (body: string) => Query.parse(body).filters("Filter", "Value", ["tag-key"]);

  it("gives the values of every filter by its name", () => {
    assert.deepEqual(
      read("Filter.1.Name=tag-key&Filter.1.Value.1=a&Filter.1.Value.2=b"),
      new Map([["tag-key", ["a", "b"]]]),
    );
    assert.deepEqual(read(""), new Map());
  });

  it("refuses a filter that is not modelled", () => {
    assert.throws(
      () => read("Filter.1.Name=tag-key&Filter.1.Value.1=a&Filter.2.Name=status"),
      notModelled("filter status"),
    );
  });

  it("refuses a filter with a parameter that is not modelled", () => {
    assert.throws(
      () => read("Filter.1.Name=tag-key&Filter.1.Value.1=a&Filter.1.Operator=not"),
      notModelled("parameter Filter.1.Operator"),
    );
  });
});

describe("Query.end", () => {
  it("refuses a parameter that nobody has read", () => {
    const query = Query.parse("Action=x&DryRun=true");
    query.text("Action");
    assert.throws(() => {
      query.end();
    }, notModelled("parameter DryRun"));
  });

  it("refuses a list that nobody has read", () => {
    const query = Query.parse("InstanceId.1=i-1");
    assert.throws(() => {
      query.end();
    }, notModelled("parameter InstanceId"));
  });

  it("takes a request that was read to its end", () => {
    const query = Query.parse("Action=x&Count=1&Id.1=a&Filter.1.Name=tag-key&Filter.1.Value.1=a");
    query.text("Action");
    query.number("Count", 0);
    query.texts("Id");
    query.filters("Filter", "Value", ["tag-key"]);
    assert.doesNotThrow(() => {
      query.end();
    });
  });
});

describe("pageOf", () => {
  const items = ["a", "b", "c", "d", "e"];

  it("gives a list in pages, each with the token of the next", () => {
    const first = pageOf(items, 2, undefined);
    assert.deepEqual(first.page, ["a", "b"]);
    const second = pageOf(items, 2, first.nextToken);
    assert.deepEqual(second.page, ["c", "d"]);
    const third = pageOf(items, 2, second.nextToken);
    assert.deepEqual(third, { page: ["e"], nextToken: undefined });
  });

  it("gives no token with a last page that is full", () => {
    assert.deepEqual(pageOf(items, 5, undefined), { page: items, nextToken: undefined });
  });
});
