// Names, addresses, dates and subjects as people write them, and as nobody should.
import assert from "node:assert/strict";
import { test } from "node:test";
import { safeFileName, threadSubjectOf } from "../../src/message/index.ts";
import { authenticationOf } from "../../src/message/header/authentication.ts";
import { readAddresses } from "../../src/message/header/addresses.ts";
import { receiptTo, summarizeHeader, unsubscribe } from "../../src/message/header/message-fields.ts";
import { senderWarnings } from "../../src/message/header/sender-warnings.ts";
import { shownName } from "../../src/message/header/shown-name.ts";
import { readDate, sentAt } from "../../src/message/header/sent-at.ts";
import { Header } from "../../src/message/mime/header.ts";

function header(...lines: readonly string[]): Header {
  return new Header(lines.map((line) => ({ key: line.slice(0, line.indexOf(":")), line })));
}

test("addresses are read with their quotes, comments, groups and routes", () => {
  // RFC 5322, appendix A.1 and A.6, and what mail programs add to them.
  for (const [written, ...expected] of [
    ["John Doe <jdoe@machine.example>", ["John Doe", "jdoe@machine.example"]],
    ['"Joe Q. Public" <john.q.public@example.com>', ["Joe Q. Public", "john.q.public@example.com"]],
    [
      "Mary Smith <mary@x.test>, jdoe@example.org, Who? <one@y.test>",
      ["Mary Smith", "mary@x.test"],
      ["", "jdoe@example.org"],
      ["Who?", "one@y.test"],
    ],
    [
      '<boss@nil.test>, "Giant; \\"Big\\" Box" <sysservices@example.net>',
      ["", "boss@nil.test"],
      ['Giant; "Big" Box', "sysservices@example.net"],
    ],
    ["A Group:Ed Jones <joe@where.test>,john@one.test;", ["Ed Jones", "joe@where.test"], ["", "john@one.test"]],
    ["Undisclosed recipients:;", ["Undisclosed recipients", ""]],
    ["Pete(A nice \\) chap) <pete(his account)@silly.test>", ["Pete", "pete@silly.test"]],
    [
      "Joe Q. Public <@relay.example,@other.example:john.q.public@example.com>",
      ["Joe Q. Public", "john.q.public@example.com"],
    ],
    ["jdoe@test.example (John Doe)", ["John Doe", "jdoe@test.example"]],
    ["=?utf-8?Q?J=C3=BCrgen,_Dr.?= <j@x.test>", ["Jürgen, Dr.", "j@x.test"]],
    ["=?utf-8?Q?a=40b.test,_=3Cc=40d.test=3E?= <real@x.test>", ["a@b.test, <c@d.test>", "real@x.test"]],
    ['"two words"@x.test', ["", '"two words"@x.test']],
    ['Two <"two words"@x.test>', ["Two", '"two words"@x.test']],
    ['"plain"@x.test', ["", "plain@x.test"]],
    ["somebody", ["somebody", ""]],
    ["info@xn--mnchen-3ya.example", ["", "info@münchen.example"]],
    [""],
    ["<>, ,;"],
  ] as const) {
    assert.deepEqual(
      readAddresses(written).map(({ name, address }) => [name, address]),
      expected,
      written,
    );
  }
});

/** Each is drawn as nothing: fillers, joiners, selectors, shorthand controls, blanks of scripts, tags. */
const BLANKS =
  "\u3164 \u115f \u1160 \uffa0 \u2800 \u00ad \u180e \u034f \u17b4 \u17b5 \u180b \ufe0f \u200b \u200c \u200d \u2060 \ufeff \u00a0 \u3000 \u1680 " +
  "\u{1bca0} \u{1d159} \u{1d173} \u{13441} \u{16fe4} \u{e0100} \u{e0041}";

test("a name in which nothing is seen is none, so that its address is shown", () => {
  const encoded = (text: string): string => `=?utf-8?B?${Buffer.from(text).toString("base64")}?=`;
  for (const blank of [...BLANKS.split(" "), BLANKS, "\u3164".repeat(190)])
    for (const name of [encoded(blank), encoded(`"${blank}"`)]) {
      const [from = { name: "", address: "" }] = readAddresses(`${name} <evil@attacker.example>`);
      assert.equal(from.name, "", name);
      assert.equal(shownName(from), "evil@attacker.example", name);
    }
  assert.equal(readAddresses('"\u3164" <evil@attacker.example>')[0]?.name, "");
  assert.equal(summarizeHeader(header(`Subject: ${encoded(BLANKS)}`), Date.now()).subject, "");
  // Scripts need some of them between their letters, and a name that is seen keeps them.
  for (const name of ["می\u200cخواهم", "क्\u200dष", "❤\ufe0f", "홍\u3164길동", "co\u00adop", "\u2801", "."])
    assert.equal(readAddresses(`"${name}" <a@b.example>`)[0]?.name, name);
});

test("a list of addresses that never ends is cut", () => {
  assert.equal(readAddresses("a@b.test,".repeat(100_000)).length, 200);
  assert.equal(readAddresses(`"${"(".repeat(100_000)}`).length, 1);
  assert.equal(readAddresses("(".repeat(100_000)).length, 0);
});

test("signs of a false sender are told", () => {
  const warnings = (...lines: readonly string[]): readonly string[] => {
    const fields = header(...lines);
    return senderWarnings(fields, summarizeHeader(fields, Date.now()));
  };
  assert.deepEqual(warnings("From: Ann <ann@a.example>"), []);
  assert.deepEqual(warnings("From: ann@a.example <ann@a.example>"), []);
  assert.deepEqual(warnings('From: "service@bank.example" <x@evil.example>'), ["name-holds-address"]);
  assert.deepEqual(warnings('From: "x@evil.example service@bank.example" <x@evil.example>'), ["name-holds-address"]);
  assert.deepEqual(warnings("From: a@a.example, b@b.example"), ["several-from"]);
  assert.deepEqual(warnings("From: a@a.example", "From: b@b.example"), ["several-from"]);
  assert.deepEqual(warnings("From: =?utf-8?Q?P=D0=B0yPal?= <a@a.example>"), ["mixed-scripts"]);
  assert.deepEqual(warnings("From: =?utf-8?Q?Ivan_=D0=98=D0=B2=D0=B0=D0=BD?= <a@a.example>"), []);
  assert.deepEqual(warnings("From: =?utf-8?Q?a=E2=80=AEb?= <a@a.example>"), ["hidden-characters"]);
  assert.deepEqual(warnings("From: a@a.example", "Reply-To: b@b.example"), ["reply-elsewhere"]);
  assert.deepEqual(warnings("From: a@mail.a.example", "Reply-To: b@a.example"), []);
  assert.deepEqual(warnings("From: a@a.example", "Reply-To: l@l.example", "List-Id: <l.l.example>"), []);
});

test("a name that passes for an address or for another name gives way to the address", () => {
  const address = "x@evil.invalid";
  for (const [name, shown] of [
    ["Mina Okafor", "Mina Okafor"],
    // Each word in letters of one script.
    ["Мина Окафор (Mina)", "Мина Окафор (Mina)"],
    ["Pat @ the studio", "Pat @ the studio"],
    ["service@bank.example", address],
    ["service\uff20bank.example", address],
    ["service @bank.example", address],
    ["service@ bank.example", address],
    ["Your bank: service \t@ \u00a0bank.example", address],
    ["service\u2003\uff20bank.example", address],
    ["service(@)bank.example", address],
    ["'service'@'bank.example'", address],
    ['"service" <@> "bank.example"', address],
    ["service@@bank.example", address],
    ["x @ evil.invalid", "x @ evil.invalid"],
    ["Pat @ St. Mary's", "Pat @ St. Mary's"],
    ["Pat (@pat)", "Pat (@pat)"],
    ["X@evil.invalid", "X@evil.invalid"],
    ["P\u0430yPal", address],
    // Cyrillic and Greek.
    ["\u0421\u039f\u041e", address],
    ["", address],
  ] as const)
    assert.equal(shownName({ name, address }), shown, name);
  assert.equal(shownName({ name: "service@bank.example", address: "" }), "service@bank.example");
  assert.equal(shownName({ name: "", address: "" }), "");
});

test("dates are read in every form there was", () => {
  for (const [written, expected] of [
    ["Fri, 21 Nov 1997 09:55:06 -0600", "1997-11-21T15:55:06.000Z"],
    ["Tue, 1 Jul 2003 10:52:37 +0200", "2003-07-01T08:52:37.000Z"],
    ["21 Nov 97 09:55:06 GMT", "1997-11-21T09:55:06.000Z"],
    ["Fri, 21 Nov 97 09:55:06 EST (Eastern)", "1997-11-21T14:55:06.000Z"],
    ["1 Jan 03 00:00 +0000", "2003-01-01T00:00:00.000Z"],
    ["1 Jan 103 00:00 +0000", "2003-01-01T00:00:00.000Z"],
    ["Mon, 29 Feb 2024 23:59:60 +0530", "2024-02-29T18:30:00.000Z"],
  ] as const) {
    assert.equal(new Date(readDate(written) ?? Number.NaN).toISOString(), expected, written);
  }
  for (const written of [
    "",
    "yesterday",
    "30 Feb 2024 00:00 +0000",
    "1 Foo 2024 00:00 +0000",
    "1 Jan 2024 25:00 +0000",
    "1 Jan 2024 00:00 +9999",
    "9".repeat(10_000),
  ]) {
    assert.equal(readDate(written), undefined, written);
  }
});

test("a date is believed up to a day after the mail came in", () => {
  const now = Date.UTC(2026, 5, 1);
  const received = "Received: from a by b; Mon, 02 Mar 2026 10:00:00 +0000";
  assert.equal(sentAt(header("Date: Mon, 02 Mar 2026 09:00:00 +0000", received), now), Date.UTC(2026, 2, 2, 9));
  assert.equal(sentAt(header("Date: Sat, 02 May 2026 09:00:00 +0000", received), now), Date.UTC(2026, 2, 2, 10));
  assert.equal(sentAt(header("Date: Fri, 31 Dec 9999 09:00:00 +0000"), now), undefined);
  assert.equal(sentAt(header("Date: Fri, 31 Dec 0001 09:00:00 +0000", received), now), Date.UTC(2026, 2, 2, 10));
  assert.equal(sentAt(header(), now), undefined);
});

test("subjects of one conversation are one, in whatever language its members answer", () => {
  for (const subject of [
    "Lunch",
    "Re: Lunch",
    "RE: re: Lunch",
    "Re[2]: Lunch",
    "AW: Lunch",
    "Antw: Re: Lunch",
    "SV: Lunch",
    "Odp: Lunch",
    "回复：Lunch",
    "返信: Lunch",
    "Fwd: Lunch",
    "WG: AW: Lunch",
    "TR: Lunch",
    "[list] Re: Lunch",
    "Re: [list] Lunch",
    "Lunch (fwd)",
    "Lunch (was: Dinner)",
    "  lunch  ",
  ]) {
    assert.equal(threadSubjectOf(subject), "lunch", subject);
  }
  assert.equal(threadSubjectOf("Report: numbers"), "report: numbers");
  assert.equal(threadSubjectOf("[list]"), "[list]");
  assert.equal(threadSubjectOf("Re:"), "");
});

test("file names are ones any system takes", () => {
  for (const [written, expected] of [
    ["plan.pdf", "plan.pdf"],
    ["../../etc/passwd.txt", "passwd.txt"],
    ["C:\\Windows\\x.dll", "x.dll"],
    ["CON.txt", "_CON.txt"],
    ["com1", "_com1.bin"],
    ["a.txt. . ", "a.txt"],
    ["...", "attachment.bin"],
    ["", "attachment.bin"],
    ["a\u202efdp.exe", "afdp.exe"],
    ["photo.jpg      .exe", "photo.jpg.exe"],
    ["a\u0000b\r\n.txt", "ab.txt"],
    ['a"b<c>.txt', "a_b_c_.txt"],
    ["no extension", "no extension.bin"],
    ["résumé 写真.png", "résumé 写真.png"],
  ] as const) {
    assert.equal(safeFileName(written, "bin"), expected, JSON.stringify(written));
  }
  const long = safeFileName(`${"é".repeat(500)}.pdf`);
  assert.ok(Buffer.byteLength(long) <= 150 && long.endsWith("é.pdf"));
});

test("receipts and ways to leave are told, and no more of them than is safe", () => {
  assert.deepEqual(
    receiptTo(header("Disposition-Notification-To: A <a@a.example>", "Return-Receipt-To: b@b.example")),
    [{ name: "A", address: "a@a.example" }],
  );
  const post = "List-Unsubscribe-Post: List-Unsubscribe=One-Click";
  assert.deepEqual(unsubscribe(header("List-Unsubscribe: <https://l.example/u?1>, <mailto:u@l.example>", post)), {
    oneClick: "https://l.example/u?1",
    mail: "mailto:u@l.example",
    page: "https://l.example/u?1",
  });
  assert.equal(unsubscribe(header("List-Unsubscribe: <http://l.example/u>", post))?.oneClick, undefined);
  assert.equal(unsubscribe(header("List-Unsubscribe: <https://l.example/u>"))?.oneClick, undefined);
  assert.equal(unsubscribe(header("List-Unsubscribe: <javascript:alert(1)>, <file:///etc/passwd>", post)), undefined);
  assert.equal(
    unsubscribe(header("List-Unsubscribe: <mailto:a@b.example?bcc=c@d.example&body=x&subject=stop>"))?.mail,
    "mailto:a@b.example?subject=stop",
  );
});

/** What is believed of a message from Mina whose fields these are, in their order. */
function verdicts(...values: readonly string[]): readonly (readonly [string, string])[] {
  const mina = "mina@mail.harbour.example";
  return authenticationOf(
    header(`From: Mina <${mina}>`, ...values.map((value) => `Authentication-Results: ${value}`)),
    mina,
  ).map(({ server, verdict }) => [server, verdict]);
}

test("what a server found about the sender is read as RFC 8601 writes it", () => {
  const of = verdicts;
  // RFC 8601, appendix B.2, B.5 and B.7, with domains of ours.
  assert.deepEqual(of("example.org 1; none"), [["example.org", "unknown"]]);
  assert.deepEqual(
    of(
      'example.com; dkim=pass (good signature) header.d=harbour.example header.i=@mail.harbour.example header.b="oINEO8hg"',
    ),
    [["example.com", "authentic"]],
  );
  assert.deepEqual(
    of(
      "example.net (trusted (by us\\)) ; not) / 1 ; spf = pass (ok; dmarc=fail) smtp.mailfrom=x.example;\r\n dmarc = pass (p=none) header.from=mail.harbour.example",
    ),
    [["example.net", "authentic"]],
  );
  assert.deepEqual(of("Example.NET; dkim=pass header.d=harbour.example; dmarc=fail header.from=mail.harbour.example"), [
    ["example.net", "failed"],
  ]);
  // Signed by somebody else, or by a name that is like ours, or by nobody's own.
  for (const signer of ["evil.example", "arbour.example", "evilharbour.example", "example", "xmail.harbour.example"])
    assert.deepEqual(of(`a.example; dkim=pass header.d=${signer}`), [["a.example", "unproved"]], signer);
  assert.deepEqual(of("a.example; dmarc=pass header.from=evil.example"), [["a.example", "unproved"]]);
  assert.deepEqual(of("a.example; dkim=fail header.d=harbour.example; spf=pass; xdmarc=pass"), [
    ["a.example", "unproved"],
  ]);
  // What a sender wrote in the name of a server stands below that server's own.
  assert.deepEqual(of("a.example; dmarc=fail", "b.example; dmarc=pass", "a.example; dmarc=pass"), [
    ["a.example", "failed"],
    ["b.example", "authentic"],
  ]);
  assert.deepEqual(of("", ";", "(", "a=b=c;;;=", `${"(".repeat(10_000)}`), [["a=b=c", "unknown"]]);
  assert.deepEqual(of('"a.example" 1 ; dmarc (x) / (y) 1 (z) = (v) pass(w)header.from="mail.harbour.example"'), [
    ["a.example", "authentic"],
  ]);
});

test("where a server looked and nothing speaks for the sender, the sender is unproved", () => {
  const of = (results: string): string | undefined => new Map(verdicts(`a.example; ${results}`)).get("a.example");
  for (const results of [
    "spf=fail smtp.mailfrom=harbour.example; dkim=fail header.d=harbour.example; dmarc=none header.from=mail.harbour.example",
    "spf=pass smtp.mailfrom=x@evil.example; dkim=pass header.d=evil.example; dmarc=none",
    "spf=none; dkim=none",
    "dmarc=permerror",
    "spf=pass smtp.mailfrom=evilmail.harbour.example",
    "spf=pass smtp.helo=mail.harbour.example",
    "spf=pass smtp.mailfrom=x@example",
    "dkim=fail header.i=@mail.harbour.example",
    "dkim=pass header.i=mail.harbour.example@evil.example",
    'dkim=pass header.i="@mail.harbour.example"@evil.example',
  ])
    assert.equal(of(results), "unproved", results);
  // A server of theirs is what anybody has who sends for them; what it says nothing of, it did not look for.
  for (const results of [
    "spf=pass smtp.mailfrom=mina@mail.harbour.example; dmarc=none",
    "spf=pass smtp.mailfrom=harbour.example",
    "spf=pass smtp.mailfrom=bounces+1@returns.mail.harbour.example; dkim=fail header.d=mail.harbour.example",
    "dkim=pass header.d=news.mail.harbour.example",
    "none",
    "iprev=pass policy.iprev=192.0.2.1",
  ])
    assert.equal(of(results), "unknown", results);
  assert.equal(of("dkim=pass header.i=@harbour.example header.s=1; spf=fail"), "authentic");
});

test("the policy of the organisation above the sender's domain is theirs too", () => {
  const of = (results: string): string | undefined => new Map(verdicts(`a.example; ${results}`)).get("a.example");
  assert.equal(of("dmarc=pass header.from=harbour.example"), "authentic");
  for (const other of ["example", "arbour.example", "news.mail.harbour.example", "harbour.example.evil.example"])
    assert.equal(of(`dmarc=pass header.from=${other}`), "unproved", other);
});

test("a check that could not be made says nothing against a sender it could have spoken for", () => {
  const of = (results: string): string | undefined => new Map(verdicts(`a.example; ${results}`)).get("a.example");
  for (const results of [
    "dmarc=temperror",
    "spf=temperror smtp.mailfrom=mina@mail.harbour.example; dkim=temperror header.d=harbour.example; dmarc=temperror header.from=mail.harbour.example",
    "spf=neutral smtp.mailfrom=mail.harbour.example; dkim=temperror header.d=mail.harbour.example; dmarc=none",
    "dkim=temperror header.i=@harbour.example; dkim=fail header.d=harbour.example",
    "spf=fail smtp.mailfrom=mail.harbour.example; dkim=fail header.d=harbour.example; dmarc=temperror",
    "spf=pass smtp.mailfrom=x@relay.example; dkim=none; dmarc=temperror",
    "spf=pass smtp.mailfrom=bounces.mail.harbour.example; dkim=temperror header.d=mail.harbour.example",
    "spf=pass; dkim=temperror header.d=mail.harbour.example",
  ])
    assert.equal(of(results), "unknown", results);
  // Anybody can have a domain that does not answer.
  for (const results of [
    "dkim=temperror header.d=evil.example; spf=temperror smtp.mailfrom=x@evil.example; dmarc=none",
    "dkim=temperror; dmarc=fake",
    "dmarc=temperror header.from=evil.example",
    "spf=temperror smtp.mailfrom=<> smtp.helo=evil.example",
    "xdkim=temperror header.d=harbour.example; spf=none",
    // Or find a name below the sender's that does not.
    "dkim=temperror header.d=lame.mail.harbour.example; spf=none",
    "dkim=temperror header.i=@lame.mail.harbour.example; spf=none",
    "spf=temperror smtp.mailfrom=x@lame.mail.harbour.example; dkim=none",
    "spf=temperror smtp.mailfrom=<> smtp.helo=lame.mail.harbour.example; dkim=none",
    // Or a selector: the sender's servers are known, and this was none of them.
    "spf=fail smtp.mailfrom=mina@mail.harbour.example; dkim=temperror header.d=mail.harbour.example; dmarc=none",
    "dkim=temperror header.d=harbour.example; spf=softfail smtp.mailfrom=harbour.example",
    // Or one, behind an envelope of their own that SPF finds in order; DMARC then waits for the same selector.
    "spf=pass smtp.mailfrom=x@evil.example; dkim=temperror header.d=mail.harbour.example; dmarc=none",
    "spf=pass smtp.mailfrom=x@evil.example; dkim=temperror header.d=mail.harbour.example; dmarc=temperror",
    "spf=none smtp.mailfrom=x@evil.example; dkim=temperror header.i=@harbour.example",
    "spf=pass smtp.mailfrom=<> smtp.helo=evil.example; dkim=temperror header.d=harbour.example",
    "dkim=temperror header.d=lame.mail.harbour.example; dmarc=temperror; spf=pass smtp.mailfrom=evil.example",
  ])
    assert.equal(of(results), "unproved", results);
  const withOwnField = verdicts("a.example; dkim=temperror header.d=harbour.example", "a.example; spf=fail");
  assert.deepEqual(withOwnField, [["a.example", "unproved"]]);
  assert.equal(of("dkim=temperror header.d=harbour.example; dmarc=fail"), "failed");
});

/** As a line stands in a message. */
function octets(line: string): string {
  return Buffer.from(line).toString("latin1");
}

test("a domain is the same in its own letters, in A-labels, with a dot behind it and between angle brackets", () => {
  const of = (sender: string, results: string): string | undefined =>
    authenticationOf(header(octets(`Authentication-Results: a.example; ${results}`)), sender)[0]?.verdict;
  for (const sender of ["mina@häfen.example", "mina@xn--hfen-loa.example", "mina@HÄFEN.example."]) {
    for (const domain of ["xn--hfen-loa.example", "häfen.example", "XN--HFEN-LOA.example.", "häfen。example"]) {
      assert.equal(of(sender, `dmarc=pass header.from=${domain}`), "authentic", `${sender} ${domain}`);
      assert.equal(of(sender, `dkim=pass header.d=${domain}`), "authentic", `${sender} ${domain}`);
      assert.equal(of(sender, `spf=pass smtp.mailfrom=<x@${domain}>; dkim=none`), "unknown", `${sender} ${domain}`);
    }
    for (const domain of [
      "hafen.example",
      "xn--hfen-loa.example/x",
      "xn--hfen-loa%2eexample",
      "häfen.example#.evil.example",
    ])
      assert.equal(of(sender, `dkim=pass header.d=${domain}`), "unproved", `${sender} ${domain}`);
  }
});

test("what is returned to its sender is of the server that sends it, where that is named", () => {
  const of = (results: string): string | undefined => new Map(verdicts(`a.example; ${results}`)).get("a.example");
  for (const path of ["<>", "", '""']) {
    assert.equal(of(`spf=pass smtp.mailfrom=${path} smtp.helo=mx.mail.harbour.example`), "unknown", path);
    assert.equal(of(`spf=pass smtp.mailfrom=${path} smtp.helo=mx.evil.example`), "unproved", path);
    // Whose it was nobody says: that speaks for no sender.
    assert.equal(of(`spf=pass smtp.mailfrom=${path}`), "unproved", path);
  }
  assert.equal(of("spf=pass smtp.mailfrom=postmaster@mail.harbour.example"), "unknown");
  assert.equal(of("spf=pass smtp.mailfrom=x@evil.example smtp.helo=mail.harbour.example"), "unproved");
});

test("a sender who quotes a verdict in an address has none", () => {
  const forged = "dmarc=pass header.from=mail.harbour.example";
  // RFC 8601 §2.2: a local part may be a quoted string, and in it a quote and a backslash stand behind a backslash.
  for (const address of [
    `"x; ${forged}"@evil.example`,
    `"x\\"; ${forged}; \\\\"@evil.example`,
    `"x header.d=mail.harbour.example; dkim=pass header.d=mail.harbour.example "@evil.example`,
    `@evil.example (a "; b) (\\); ${forged})`,
  ]) {
    const field = `mx.example.org; spf=pass smtp.mailfrom=${address}; dkim=pass header.i=${address} header.d=evil.example`;
    assert.deepEqual(verdicts(field), [["mx.example.org", "unproved"]], field);
    const failed = `${field}; dmarc=fail header.from=mail.harbour.example`;
    assert.deepEqual(verdicts(failed), [["mx.example.org", "failed"]], failed);
    for (let end = 0; end < failed.length; end += 1)
      assert.ok(!verdicts(failed.slice(0, end)).some(([, verdict]) => verdict === "authentic"), failed.slice(0, end));
  }
});

test("a parenthesis in a quoted address hides no verdict, and what does not end holds the worst", () => {
  const after = (address: string): readonly (readonly [string, string])[] =>
    verdicts(
      `mx.example.org; spf=pass smtp.mailfrom=${address}@evil.example; dmarc=fail header.from=mail.harbour.example`,
    );
  for (const address of ['"("', '"\\"("', '"', "(", "(a (b)", '"\\"'])
    assert.deepEqual(after(address), [["mx.example.org", "failed"]], address);
});

test("a failure in any field of a server counts, and so does success in the uppermost of them alone", () => {
  const spf = "a.example; spf=pass smtp.mailfrom=x.example";
  const pass = "a.example; dmarc=pass header.from=mail.harbour.example";
  const of = (...values: readonly string[]): string | undefined => new Map(verdicts(...values)).get("a.example");
  // Each filter of one server writes a field of its own.
  assert.equal(of(spf, pass), "authentic");
  assert.equal(of(spf, "a.example; dkim=pass header.d=evil.example", "a.example; dmarc=fail"), "failed");
  assert.equal(of(spf, "b.example; none", pass), "unproved", "below another server's anybody may have written it");
  assert.equal(of(spf, "", pass), "unproved");
  assert.equal(of(pass, "b.example; none", "a.example; dmarc=fail"), "failed");
  // Two that contradict each other say nothing, and whose mail failed may be written another way than ours.
  assert.equal(of("a.example; dmarc=none", pass), "unproved");
  assert.equal(of(`${pass}; dmarc=fail header.from=evil.example`), "failed");
});
