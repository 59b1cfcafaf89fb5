"""What the cases of policies exercise: every rule passing and failing, every condition true and false.

What is to be seen comes from the policies' text and their plans, what was seen from evaluations that are listened to.
"""
