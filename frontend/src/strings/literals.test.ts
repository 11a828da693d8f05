import { readdirSync, readFileSync } from "node:fs";
import ts from "typescript";
import { describe, expect, test } from "vitest";

const FOLDER = new URL("../components/", import.meta.url);

/** Read by moderators alone, in English. */
const STAFF_ONLY = new Set([
  "DeedList.tsx",
  "HeldDecision.tsx",
  "MoreButton.tsx",
  "ReasonForm.tsx",
  "Restore.tsx",
  "RowMarks.tsx",
  "StaffBar.tsx",
]);

const SAID = new Set(["alt", "aria-label", "label", "placeholder", "text", "title"]);

function isCompared({ parent }: ts.Node): boolean {
  if (!ts.isBinaryExpression(parent)) return false;
  const { EqualsEqualsEqualsToken, ExclamationEqualsEqualsToken } = ts.SyntaxKind;
  const { kind } = parent.operatorToken;
  return kind === EqualsEqualsEqualsToken || kind === ExclamationEqualsEqualsToken;
}

/** True where a literal is what a reader is shown or told: a child of an element, or a label. */
function isSaid(literal: ts.Node): boolean {
  if (isCompared(literal)) return false;
  for (let node = literal.parent; !ts.isSourceFile(node); node = node.parent) {
    if (ts.isJsxAttribute(node)) return SAID.has(node.name.getText());
    if (ts.isCallExpression(node) || ts.isElementAccessExpression(node)) return false;
    if (ts.isFunctionLike(node)) return false;
    if (ts.isJsxExpression(node) && !ts.isJsxAttribute(node.parent)) return true;
  }
  return false;
}

/** The words that stand in a component itself. */
function literalWords(name: string, text: string): string[] {
  const source = ts.createSourceFile(name, text, ts.ScriptTarget.Latest, true, ts.ScriptKind.TSX);
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    const isWord =
      ts.isJsxText(node) ||
      ((ts.isStringLiteralLike(node) || ts.isTemplateHead(node)) && isSaid(node));
    const words = isWord ? node.getText().trim() : "";
    if (/\p{L}/u.test(words)) found.push(words);
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

const components = readdirSync(FOLDER).filter(
  (name) => /^\w+\.tsx$/u.test(name) && !STAFF_ONLY.has(name),
);

test.each(components)("%s takes its words from the catalogue", (name) => {
  expect(literalWords(name, readFileSync(new URL(name, FOLDER), "utf8"))).toEqual([]);
});

describe("words in a component are found", () => {
  test.each([
    ["<p>Hello</p>", ["Hello"]],
    ["<p>{isNew ? 'New' : name}</p>", ["'New'"]],
    ["<p title='More'>{s.more}</p>", ["'More'"]],
    ["<button aria-label={`By ${name}`} />", ["`By ${"]],
    ["<Slate title={s.a} text={isOn ? 'Soon' : s.b} />", ["'Soon'"]],
    ["<p className='words' data-on={kind === 'live'}>{kind === 'live' ? s.a : s.b} · </p>", []],
  ])("%s", (code, words) => {
    expect(literalWords("Probe.tsx", `const probe = ${code};`)).toEqual(words);
  });
});
