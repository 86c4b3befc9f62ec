// SPDX-License-Identifier: BSD-2-Clause
// powershell.cjs - whether texts are PowerShell, by tree-sitter's grammar of it:
// a JSON array of texts on standard input, an array of true and false as answer.
// Exits 77 where the modules are not to be found (NODE_PATH).
"use strict";
const fs = require("fs");

let grammar, sitter;
try {
	sitter = require("web-tree-sitter");
	grammar = require.resolve(
		"tree-sitter-powershell/tree-sitter-powershell.wasm");
} catch (_) {
	process.exit(77);
}

(async () => {
	await sitter.Parser.init();
	const parser = new sitter.Parser();
	parser.setLanguage(await sitter.Language.load(grammar));
	const texts = JSON.parse(fs.readFileSync(0, "utf8"));
	fs.writeSync(1, JSON.stringify(
		texts.map((text) => !parser.parse(text).rootNode.hasError)));
	process.exit(0);
})();
