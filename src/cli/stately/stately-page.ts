/**
 * The page that passes on what actors do to Stately's inspector: that one stands in a frame, or in a window of its own.
 *
 * 1. It gives what it is told to windows of Stately's origin alone, and only to those that it has opened.
 * 2. It takes one thing from there: that somebody is ready. Each time that is said, the stream is opened anew, so that a page that
 *    was loaded again is told of everybody.
 * 3. The frame can't lead the page elsewhere.
 */

export const STATELY = 'https://stately.ai'

/** What may be loaded and shown: own files, and that frame. */
export const RELAY_CSP = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "connect-src 'self'",
  `frame-src ${STATELY}`,
  "frame-ancestors 'none'",
  "base-uri 'none'",
  "form-action 'none'",
].join('; ')

export const PAGE = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta name="color-scheme" content="light dark">
<title>Roscius in Stately's inspector</title>
<link rel="stylesheet" href="page.css">
<header>
  <p>Names, definitions, events and contexts of the actors, secrets masked, are passed on to <strong>${STATELY}</strong>. Nothing
  from there reaches the system.</p>
  <p role="status">The page of Stately is asked for …</p>
  <button type="button">Open it in a window of its own</button>
</header>
<iframe title="Stately's inspector" referrerpolicy="no-referrer"
  sandbox="allow-scripts allow-same-origin allow-forms allow-popups allow-popups-to-escape-sandbox"></iframe>
<script src="page.js"></script>
</html>
`

export const STYLE = `
html, body { height: 100%; margin: 0; }
body { display: flex; flex-direction: column; font: 14px/1.4 system-ui, sans-serif; }
header { display: flex; flex-wrap: wrap; gap: 4px 24px; align-items: center; padding: 8px 16px; }
p { margin: 0; max-width: 90ch; }
[role=status] { margin-left: auto; }
iframe { flex: 1; border: 0; border-top: 1px solid GrayText; }
`

export const SCRIPT = `'use strict'
const STATELY = '${STATELY}'
const frame = document.querySelector('iframe')
const told = document.querySelector('[role=status]')
let own = frame.contentWindow
let stream
let why = ''
let passed = 0
let isDue = false

addEventListener('message', ({ origin, source, data }) => {
  if (origin === STATELY && source !== null && source === own && data?.type === '@statelyai.connected') passOnTo(source)
})

function passOnTo(target) {
  stream?.close()
  passed = 0
  stream = new EventSource('events')
  stream.onmessage = ({ data }) => {
    why = ''
    passed += 1
    target.postMessage(JSON.parse(data), STATELY)
    sayCount()
  }
  stream.addEventListener('gone', ({ data }) => {
    why = data
  })
  stream.onerror = () => say((why || 'roscius inspect does not answer.') + ' Trying again …')
  say('Stately has answered.')
}

function sayCount() {
  if (isDue) return
  isDue = true
  setTimeout(() => {
    isDue = false
    if (why === '') say(passed + (passed === 1 ? ' message' : ' messages') + ' passed on')
  }, 250)
}

function say(text) {
  told.textContent = text
}

document.querySelector('button').addEventListener('click', ({ currentTarget }) => {
  const opened = open(STATELY + '/inspect', 'stately')
  if (opened === null) return say('The browser has refused to open a window.')
  stream?.close()
  own = opened
  frame.remove()
  currentTarget.remove()
  say('The window of Stately is asked for …')
})

frame.src = STATELY + '/inspect'
`
