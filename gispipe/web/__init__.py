"""The pages of a release: folium maps, the viewer's own scripts and styles, the JavaScript packages they stand on."""
