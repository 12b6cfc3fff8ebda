"""Blocks of code are found in a page as they stand there."""

from tests.docs.pages import Block, blocks_of

PAGE = '''\
# A page

```python title="galapagos/x.py"
"""A file."""

```
Words with ``` in a line.

````text
```yaml
inner: true
```
````

```
no language
```

```sh
```
'''


def test_blocks_have_a_language_a_title_and_their_text_word_for_word() -> None:
    assert blocks_of(PAGE) == [
        Block("python", "galapagos/x.py", '"""A file."""\n\n'),
        Block("text", "", "```yaml\ninner: true\n```\n"),
        Block("", "", "no language\n"),
        Block("sh", "", ""),
    ]
