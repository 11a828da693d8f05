// Reads the expressions in Alpine's attributes instead of compiling them.
//
// Alpine turns each expression into a function from its text, which a content security policy
// without 'unsafe-eval' refuses, as ours does. This file knows the part of the language that the
// templates of the admin use, and none of the ways out of it: names come from Alpine's data, from
// the magics and from the few globals listed here.
(() => {
  "use strict";

  const GLOBALS = new Set([
    "Date",
    "getCurrentTab",
    "localStorage",
    "moveRecords",
    "searchCommand",
    "searchDropdown",
    "searchForm",
    "sortRecords",
    "theme",
  ]);
  // Of the window only where the page is, so that no expression reaches the rest through it.
  const WINDOW = { location: window.location };
  // What leads from a value to code, or from an element to its document.
  const CLOSED = new Set([
    "__defineGetter__",
    "__defineSetter__",
    "__proto__",
    "constructor",
    "contentDocument",
    "contentWindow",
    "defaultView",
    "innerHTML",
    "insertAdjacentHTML",
    "outerHTML",
    "ownerDocument",
    "prototype",
    "srcdoc",
  ]);
  const CONSTANTS = new Map([
    ["true", true],
    ["false", false],
    ["null", null],
    ["undefined", undefined],
  ]);
  const BINDING = { "=": 1, "?": 2, "??": 3, "||": 3, "&&": 4, "===": 5, "!==": 5, "==": 5 };
  Object.assign(BINDING, { "!=": 5, "<": 6, ">": 6, "<=": 6, ">=": 6, "+": 7, "-": 7 });
  Object.assign(BINDING, { "*": 8, "/": 8, "%": 8 });
  const TOKEN =
    /\s*(?:(\d+(?:\.\d+)?)|([A-Za-z_$][\w$]*)|("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')|(===|!==|=>|==|!=|<=|>=|&&|\|\||\?\?|[-+*/%<>=!?:.,;()[\]{}]))/y;

  function tokens(text) {
    const found = [];
    const source = text.trim();
    TOKEN.lastIndex = 0;
    while (TOKEN.lastIndex < source.length) {
      const at = TOKEN.lastIndex;
      const match = TOKEN.exec(source);
      if (match === null) throw new SyntaxError(`Cannot read this at ${at}: ${source}`);
      const [, number, name, quoted, sign] = match;
      if (number !== undefined) found.push({ kind: "value", value: Number(number) });
      else if (name !== undefined) found.push({ kind: "name", text: name });
      else if (quoted !== undefined)
        found.push({ kind: "value", value: quoted.slice(1, -1).replace(/\\(.)/g, "$1") });
      else found.push({ kind: "sign", text: sign });
    }
    return found;
  }

  // Each `parse…` returns a function (scope) => value.
  class Parser {
    constructor(text) {
      this.text = text;
      this.tokens = tokens(text);
      this.at = 0;
    }

    is(text, ahead = 0) {
      const token = this.tokens[this.at + ahead];
      return token !== undefined && token.kind !== "value" && token.text === text;
    }

    take(text) {
      if (!this.is(text)) return false;
      this.at += 1;
      return true;
    }

    expect(text) {
      if (!this.take(text)) throw new SyntaxError(`"${text}" is missing in: ${this.text}`);
    }

    name() {
      const token = this.tokens[this.at];
      if (token?.kind !== "name") throw new SyntaxError(`A name is missing in: ${this.text}`);
      this.at += 1;
      return token.text;
    }

    program() {
      const steps = [];
      while (this.at < this.tokens.length) {
        if (!this.take(";")) steps.push(this.statement());
      }
      return (scope) => steps.reduce((_, step) => step(scope), undefined);
    }

    statement() {
      if (!this.take("if")) return this.expression();
      this.expect("(");
      const condition = this.expression();
      this.expect(")");
      const then = this.branch();
      const otherwise = this.take("else") ? this.branch() : () => undefined;
      return (scope) => (condition(scope) ? then(scope) : otherwise(scope));
    }

    branch() {
      if (!this.take("{")) return this.statement();
      const steps = [];
      while (!this.take("}")) {
        if (!this.take(";")) steps.push(this.statement());
      }
      return (scope) => steps.reduce((_, step) => step(scope), undefined);
    }

    expression(least = 0) {
      let left = this.unary();
      for (;;) {
        const sign = this.tokens[this.at];
        const binding = sign?.kind === "sign" ? BINDING[sign.text] : undefined;
        if (binding === undefined || binding < least) return left;
        this.at += 1;
        left = this.joined(left, sign.text, binding);
      }
    }

    joined(left, sign, binding) {
      if (sign === "=") {
        if (left.assign === undefined) throw new SyntaxError(`Nothing to set in: ${this.text}`);
        const value = this.expression(binding);
        return (scope) => left.assign(scope, value(scope));
      }
      if (sign === "?") {
        const then = this.expression(1);
        this.expect(":");
        const otherwise = this.expression(1);
        return (scope) => (left(scope) ? then(scope) : otherwise(scope));
      }
      const right = this.expression(binding + 1);
      return operation(sign, left, right);
    }

    unary() {
      if (this.take("!")) {
        const value = this.unary();
        return (scope) => !value(scope);
      }
      if (this.take("-")) {
        const value = this.unary();
        return (scope) => -value(scope);
      }
      if (this.take("new")) {
        const made = this.plainName(this.name());
        this.expect("(");
        const given = this.list(")");
        return this.members((scope) => Reflect.construct(made(scope), given(scope)));
      }
      return this.members(this.primary());
    }

    members(start) {
      let value = start;
      for (;;) {
        if (this.take(".")) value = member(value, constant(this.name()));
        else if (this.take("[")) {
          value = member(value, this.expression());
          this.expect("]");
        } else if (this.take("(")) value = call(value, this.list(")"));
        else return value;
      }
    }

    primary() {
      const token = this.tokens[this.at];
      if (token === undefined) throw new SyntaxError(`Something is missing in: ${this.text}`);
      if (token.kind === "value") {
        this.at += 1;
        return constant(token.value);
      }
      if (token.kind === "name") {
        this.at += 1;
        if (this.take("=>")) return this.arrow([token.text]);
        return this.plainName(token.text);
      }
      if (this.take("(")) return this.bracketed();
      if (this.take("[")) return this.list("]");
      if (this.take("{")) return this.object();
      throw new SyntaxError(`Cannot read "${token.text}" in: ${this.text}`);
    }

    bracketed() {
      const close = this.tokens.findIndex((token, at) => at >= this.at && token.text === ")");
      if (this.is("=>", close - this.at + 1)) {
        const names = this.tokens.slice(this.at, close).filter((token) => token.kind === "name");
        this.at = close + 2;
        return this.arrow(names.map((token) => token.text));
      }
      const value = this.expression();
      this.expect(")");
      return value;
    }

    arrow(names) {
      const body = this.expression(1);
      return (scope) =>
        (...given) => {
          const own = Object.fromEntries(names.map((name, at) => [name, given[at]]));
          return body(Alpine.mergeProxies([own, scope]));
        };
    }

    list(end) {
      const items = [];
      while (!this.take(end)) {
        items.push(this.expression());
        if (!this.is(end)) this.expect(",");
      }
      return (scope) => items.map((item) => item(scope));
    }

    object() {
      const fields = [];
      while (!this.take("}")) {
        const token = this.tokens[this.at++];
        const key = String(token.kind === "value" ? token.value : token.text);
        const value = this.take(":") ? this.expression(1) : this.plainName(key);
        if (CLOSED.has(key)) throw new SyntaxError(`"${key}" is closed in: ${this.text}`);
        fields.push([key, value]);
        if (!this.is("}")) this.expect(",");
      }
      return (scope) => Object.fromEntries(fields.map(([key, value]) => [key, value(scope)]));
    }

    plainName(name) {
      if (CONSTANTS.has(name)) return constant(CONSTANTS.get(name));
      const read = (scope) => {
        if (name in scope) return scope[name];
        if (name === "window") return WINDOW;
        if (GLOBALS.has(name)) return window[name];
        throw new ReferenceError(`${name} is not known here`);
      };
      read.assign = (scope, value) => (scope[name] = value);
      read.self = () => undefined;
      return read;
    }
  }

  function constant(value) {
    return () => value;
  }

  function member(owner, key) {
    const open = (scope) => {
      const name = key(scope);
      if (CLOSED.has(String(name))) throw new TypeError(`"${String(name)}" is closed`);
      return name;
    };
    const read = (scope) => read.of(owner(scope), scope);
    read.of = (self, scope) => self[open(scope)];
    read.owner = owner;
    read.assign = (scope, value) => (owner(scope)[open(scope)] = value);
    return read;
  }

  function call(target, given) {
    return (scope) => {
      if (target.owner === undefined) return target(scope).apply(scope, given(scope));
      const self = target.owner(scope);
      return target.of(self, scope).apply(self, given(scope));
    };
  }

  function operation(sign, left, right) {
    switch (sign) {
      case "&&":
        return (scope) => left(scope) && right(scope);
      case "||":
        return (scope) => left(scope) || right(scope);
      case "??":
        return (scope) => left(scope) ?? right(scope);
      default:
        return (scope) => CALCULATE[sign](left(scope), right(scope));
    }
  }

  const CALCULATE = {
    "===": (a, b) => a === b,
    "!==": (a, b) => a !== b,
    // As the language has them: templates compare texts with numbers.
    "==": (a, b) => a == b,
    "!=": (a, b) => a != b,
    "<": (a, b) => a < b,
    ">": (a, b) => a > b,
    "<=": (a, b) => a <= b,
    ">=": (a, b) => a >= b,
    "+": (a, b) => a + b,
    "-": (a, b) => a - b,
    "*": (a, b) => a * b,
    "/": (a, b) => a / b,
    "%": (a, b) => a % b,
  };

  const programs = new Map();

  function programOf(text) {
    let found = programs.get(text);
    if (found === undefined) {
      found = new Parser(text).program();
      programs.set(text, found);
    }
    return found;
  }

  function magicsOf(el) {
    return {
      $el: el,
      get $root() {
        return Alpine.closestRoot(el);
      },
      get $refs() {
        const parts = [];
        for (let at = el; at; at = at.parentNode) {
          at = Alpine.closestRoot(at);
          if (!at) break;
          if (at._x_refs) parts.push(at._x_refs);
        }
        return Alpine.mergeProxies(parts);
      },
      $dispatch: (name, detail = {}) =>
        el.dispatchEvent(new CustomEvent(name, { detail, bubbles: true, cancelable: true })),
      $nextTick: Alpine.nextTick,
      $watch: (key, told) => Alpine.watch(() => Alpine.evaluate(el, key), told),
    };
  }

  function evaluatorOf(el, expression) {
    const stack = [magicsOf(el), ...Alpine.closestDataStack(el)];
    return (receive = () => {}, { scope = {}, params = [] } = {}) => {
      try {
        receive(valueOf(expression, Alpine.mergeProxies([scope, ...stack]), params));
      } catch (error) {
        // One broken expression must not keep Alpine from the rest of the page.
        reportError(error);
      }
    };
  }

  function valueOf(expression, scope, params) {
    if (typeof expression === "function") return expression.apply(scope, params);
    if (expression.trim() === "") return undefined;
    const value = programOf(expression)(scope);
    return typeof value === "function" ? value.apply(scope, params) : value;
  }

  document.addEventListener("alpine:init", () => {
    Alpine.setEvaluator(evaluatorOf);
    // A style given as text would become an attribute, which the policy refuses as well; what it
    // is for stands in theme.css.
    for (const el of document.querySelectorAll("[x-bind\\:style]")) {
      el.removeAttribute("x-bind:style");
    }
  });
})();
