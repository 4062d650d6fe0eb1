// Kept in the syntax of old Node versions, so that those reach the message below.
'use strict'

var needed = require('../package.json').engines.node.replace('>=', '')

/** @param {string} version */
function rank(version) {
  var parts = version.replace('v', '').split('.')
  return Number(parts[0]) * 1000 + Number(parts[1])
}

if (rank(process.version) < rank(needed)) {
  console.error('Grapevine needs Node ' + needed + ' or newer; this is Node ' + process.version)
  process.exit(1)
} else {
  void require('./setup.cjs').main(process.argv.slice(2))
}
