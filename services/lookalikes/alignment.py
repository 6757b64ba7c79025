"""The mistakes that turn a plate into what was read, found from the two texts alone; pure."""

from services.lookalikes.confusion import Edit

MOST_MISTAKES = 2
"""Texts further apart than this are not taken for the same plate misread: whatever happened, it teaches nothing."""


def edits_between(plate: str, read: str) -> tuple[Edit, ...] | None:
    """Return the fewest edits from `plate` to `read`, in order of place; None when there are more than two.

    The shortest way by Levenshtein's table; of equally short ones that with a character written as another.
    """
    if abs(len(plate) - len(read)) > MOST_MISTAKES:
        return None
    table = _distances(plate, read)
    if table[-1][-1] > MOST_MISTAKES:
        return None
    return tuple(_walk_back(plate, read, table))


def _distances(plate: str, read: str) -> list[list[int]]:
    table = [list(range(len(read) + 1))]
    for row, character in enumerate(plate, 1):
        last, here = table[-1], [row]
        for column, other in enumerate(read, 1):
            here.append(min(last[column - 1] + (character != other), last[column] + 1, here[column - 1] + 1))
        table.append(here)
    return table


def _walk_back(plate: str, read: str, table: list[list[int]]) -> list[Edit]:
    edits, row, column = [], len(plate), len(read)
    while row or column:
        cost = table[row][column]
        if row and column and cost == table[row - 1][column - 1] + (plate[row - 1] != read[column - 1]):
            row, column = row - 1, column - 1
            if plate[row] != read[column]:
                edits.append(Edit(row, plate[row], read[column]))
        elif row and cost == table[row - 1][column] + 1:
            row -= 1
            edits.append(Edit(row, plate[row], ""))
        else:
            column -= 1
            edits.append(Edit(row, "", read[column]))
    return edits[::-1]
