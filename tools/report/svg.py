# SPDX-License-Identifier: GPL-2.0-only
"""What pictures are made of: shapes with a class each, and the colours of the classes."""

import re
import xml.etree.ElementTree as xml

# Name: by day, by night. Levels go from light to dark, so that a grey print still tells them apart.
COLOURS = {
    'ink': ('#1c2430', '#dfe6ee'),
    'muted': ('#5b6675', '#98a4b3'),
    'line': ('#c9d1da', '#3a4450'),
    'paper': ('#ffffff', '#12171d'),
    'panel': ('#f6f8fa', '#1a2129'),
    'part': ('#e4f1fa', '#2b4152'),
    'slot': ('#eef1f5', '#222b35'),
    'shared': ('#c3cedb', '#4a5867'),
    'private': ('#d9822b', '#e08f3c'),
    'leaf4': ('#b9d8f0', '#8fc1e6'),
    'leaf2': ('#4f93cf', '#3d86c6'),
    'leaf1': ('#174f86', '#1f5c97'),
    'on4': ('#12324e', '#0c2337'),
    'on2': ('#ffffff', '#ffffff'),
    'on1': ('#ffffff', '#ffffff'),
    'step': ('#7a3fb0', '#b98be0'),
    'good': ('#1f7a45', '#4fbf80'),
    'bad': ('#b3261e', '#ff8078'),
    'warn': ('#8a6100', '#e2b347'),
    'badpaper': ('#fbe9e7', '#3a1d1c'),
    'goodpaper': ('#e6f4ec', '#16301f'),
    'warnpaper': ('#fcf3dc', '#332a12'),
}

# Of shapes inside a picture; $NAME is a colour.
SHAPES = '''
.pic text { font: 11px system-ui, "DejaVu Sans", sans-serif; fill: $ink; }
.pic .mono { font-family: ui-monospace, "DejaVu Sans Mono", monospace; }
.pic .small { font-size: 10px; }
.pic .muted { fill: $muted; }
.pic .mid { text-anchor: middle; }
.pic .right { text-anchor: end; }
.pic .bold { font-weight: 600; }
.pic .tick { stroke: $line; stroke-width: 1; fill: none; }
.pic .gap { stroke: $line; stroke-width: 1; stroke-dasharray: 2 3; }
.pic .slot { fill: $slot; stroke: $muted; stroke-width: .75; }
.pic .logged { stroke-dasharray: 4 2; }
.pic .shared { fill: $shared; }
.pic .private { fill: $private; }
.pic .leaf4 { fill: $leaf4; } .pic .leaf2 { fill: $leaf2; } .pic .leaf1 { fill: $leaf1; }
.pic text.on4 { fill: $on4; } .pic text.on2 { fill: $on2; } .pic text.on1 { fill: $on1; }
.pic .seam { stroke: $paper; stroke-width: .8; fill: none; }
.pic .step { fill: $step; }
.pic .frame { stroke: $line; stroke-width: 1; }
.pic .wrong { fill: none; stroke: $bad; stroke-width: 2; }
.pic .bad { fill: $bad; }
.pic .unknown { fill: $panel; stroke: $line; stroke-width: .75; stroke-dasharray: 2 2; }
.pic .part { fill: $part; stroke: $leaf4; stroke-width: .75; stroke-dasharray: 2 2; }
.pic .zoom { fill: $panel; stroke: $line; stroke-width: .75; }
'''


def style(night=None):
    """The rules for shapes; night None: with variables, which a page sets by variables()."""
    def colour(match):
        name = match.group(1)
        return 'var(--%s)' % name if night is None else COLOURS[name][night]
    return re.sub(r'\$([a-z0-9]+)', colour, SHAPES)


def variables(night):
    return ' '.join('--%s: %s;' % (name, pair[night]) for name, pair in COLOURS.items())


def number(value):
    return '%g' % round(value, 1) if isinstance(value, float) else str(value)


class Picture:
    """An SVG that grows downwards. kind says what it shows; about is for who cannot see it."""

    def __init__(self, width, kind, about):
        self.width = width
        self.height = 0
        self.root = xml.Element('svg', {'class': 'pic ' + kind, 'role': 'img', 'aria-label': about})
        self.add('title', text=about)

    def add(self, tag, text=None, inside=None, **attributes):
        names = {name.rstrip('_').replace('_', '-'): number(value)
                 for name, value in attributes.items() if value is not None}
        element = xml.SubElement(self.root if inside is None else inside, tag, names)
        element.text = text
        return element

    def rect(self, x, y, width, height, kind, about=None, least=0):
        """At least so many points wide, so that what is there is seen."""
        shape = self.add('rect', x=float(x), y=float(y), width=float(max(width, least)),
                         height=float(height), class_=kind)
        if about:
            self.add('title', text=about, inside=shape)

    def line(self, x1, y1, x2, y2, kind):
        self.add('line', x1=float(x1), y1=float(y1), x2=float(x2), y2=float(y2), class_=kind)

    def words(self, x, y, text, kind=None):
        self.add('text', text=text, x=float(x), y=float(y), class_=kind)

    def __str__(self):
        """For inside of a page, which knows style() and variables()."""
        self.root.set('viewBox', '0 0 %s %s' % (number(float(self.width)), number(float(self.height))))
        self.root.set('width', number(float(self.width)))
        self.root.set('height', number(float(self.height)))
        return xml.tostring(self.root, encoding='unicode')

    def file(self):
        """As a file of its own, which looks as the reader's screen does."""
        inner = str(self)
        head, body = inner.split('>', 1)
        paper = '<rect width="100%" height="100%" class="paper"/>'
        sheet = []
        for night in (0, 1):
            rules = style(night) + '.pic .paper { fill: %s; }\n' % COLOURS['paper'][night]
            sheet.append(rules if not night else '@media (prefers-color-scheme: dark) {%s}' % rules)
        return ('<!-- SPDX-License-Identifier: GPL-2.0-only -->\n' +
                head.replace('<svg ', '<svg xmlns="http://www.w3.org/2000/svg" ', 1) +
                '><style>%s</style>%s%s\n' % (''.join(sheet), paper, body))


def fits(text, width, size=6.2):
    """Whether that text has room; size is the width of a letter."""
    return len(text) * size + 4 <= width
