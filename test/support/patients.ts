// Local worlds for the doctor, closed after each test.
import { makePatient, type Patient, type PatientOptions } from './doctor.ts'

export const open: Patient[] = []

export async function closePatients(): Promise<void> {
  await Promise.all(open.splice(0).map((one) => one.close()))
}

export async function patient(options: PatientOptions = {}): Promise<Patient> {
  const made = await makePatient(options)
  open.push(made)
  return made
}
