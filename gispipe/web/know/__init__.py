"""A hazard card for readers: what of it comes first, in five languages, without a map and without a script; `js/know/view.js` says the same in the browser."""
