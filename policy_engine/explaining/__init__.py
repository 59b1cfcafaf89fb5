"""Why a rule said what it said: in come policies with what they were compiled from, and a traced evaluation, out goes
every subject with the clause that decided, the values of its parts, and where each value comes from.

Values of data are withheld unless they are asked for.
"""
