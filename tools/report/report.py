#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""Usage: report.py FOLDER

Write FOLDER/report.html from the results in there: one page that needs neither network nor script."""

import os
import sys

import jinja2
from markupsafe import Markup

import pages
import results
import svg

HERE = os.path.dirname(os.path.abspath(__file__))


def style():
    """The rules of the page; the pictures' are among them."""
    with open(os.path.join(HERE, 'report.css'), encoding='utf-8') as file:
        rules = file.read()
    return Markup(':root { %s }\n@media (prefers-color-scheme: dark) { :root { %s } }\n'
                  '@media print { :root { %s } }\n%s%s' %
                  (svg.variables(0), svg.variables(1), svg.variables(0), svg.style(), rules))


def render(folder):
    environment = jinja2.Environment(loader=jinja2.FileSystemLoader(os.path.join(HERE, 'templates')),
                                     autoescape=True, undefined=jinja2.StrictUndefined,
                                     trim_blocks=True, lstrip_blocks=True)
    template, page = pages.page_of(folder)
    return environment.get_template(template).render(
        page, name=os.path.basename(os.path.abspath(folder)), css=style(),
        files=results.files(folder))


def main():
    if len(sys.argv) != 2 or not os.path.isdir(sys.argv[1]):
        sys.exit(__doc__)
    page = render(sys.argv[1])
    path = os.path.join(sys.argv[1], 'report.html')
    with open(path + '.new', 'w', encoding='utf-8', errors='replace') as file:
        file.write(page + '\n')
    os.rename(path + '.new', path)


if __name__ == '__main__':
    main()
